/** Output of a program elsewhere, printed while it runs, and of the answer only what was not printed yet. */

import type { Payload } from '../shared/protocol/table.ts'
import { harmless } from './style.ts'

/** More than any node keeps of a stream (gateway protocol, section 7.11), and enough to know an end again. */
const headUnits = 400_000
const lastUnits = 1000

/** As our node says that it kept no more (exec/output.ts). */
const gap = /\n\[… (\d+) bytes of output left out here …\]\n/

type Print = (text: string) => void

export class LiveOutput {
  readonly #streams: Readonly<Record<'stdout' | 'stderr', LiveStream>>

  constructor(out: Print, err: Print) {
    this.#streams = { stdout: new LiveStream(out), stderr: new LiveStream(err) }
  }

  add({ stream, offset, chunk }: Payload<'node.invoke.output'>): void {
    if (stream !== undefined && offset !== undefined) this.#streams[stream].add(chunk, offset)
  }

  /** The answer: all that the node kept. Pieces that come later do not count. Tells how many bytes in between are lost. */
  end(stdout: string, stderr: string): number {
    return this.#streams.stdout.end(stdout) + this.#streams.stderr.end(stderr)
  }
}

type Rest = { readonly text: string; readonly lostBytes: number }

class LiveStream {
  readonly #print: Print
  #units = 0
  #bytes = 0
  #head = ''
  #last = ''
  #isClosed = false

  constructor(print: Print) {
    this.#print = print
  }

  /** After a hole nothing is printed until the answer, so that the order stays true. */
  add(chunk: string, offset: number): void {
    this.#isClosed ||= offset > this.#units
    if (this.#isClosed || offset < this.#units) return
    this.#units += chunk.length
    this.#bytes += Buffer.byteLength(chunk)
    if (this.#head.length < headUnits) this.#head += chunk
    this.#last = (this.#last + chunk).slice(-lastUnits)
    this.#print(harmless(chunk))
  }

  end(whole: string): number {
    this.#isClosed = true
    const { text, lostBytes } = this.#restOf(whole)
    if (text !== '') this.#print(harmless(text))
    return lostBytes
  }

  /** A node keeps the beginning and the end of much output: then the end tells whether all of it was printed. */
  #restOf(whole: string): Rest {
    const found = gap.exec(whole)
    if (this.#units === this.#head.length && whole.startsWith(this.#head)) {
      return { text: whole.slice(this.#units), lostBytes: Number(found?.[1] ?? 0) }
    }
    if (this.#last.endsWith(whole.slice(-lastUnits))) return { text: '', lostBytes: 0 }
    if (found && this.#head.startsWith(whole.slice(0, found.index))) {
      return this.#joined(whole.slice(0, found.index), Number(found[1]), whole.slice(found.index + found[0].length))
    }
    let same = 0
    while (same < whole.length && whole[same] === this.#head[same]) same++
    return { text: `\n[… after what was shown, the node kept this …]\n${whole.slice(same)}`, lostBytes: 0 }
  }

  /** What was printed reaches into what the node left out, or beyond it. */
  #joined(start: string, leftOut: number, tail: string): Rest {
    const lostBytes = leftOut - (this.#bytes - Buffer.byteLength(start))
    if (lostBytes > 0) return { text: `\n[… ${lostBytes} bytes of output left out here …]\n${tail}`, lostBytes }
    const known = Buffer.from(tail).subarray(0, -lostBytes).toString()
    const isSame = known.endsWith(this.#last) || this.#last.endsWith(known)
    const text = isSame ? tail.slice(known.length) : `\n[… after what was shown, the node kept this …]\n${tail}`
    return { text, lostBytes: 0 }
  }
}
