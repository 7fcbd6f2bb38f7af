/** Output of a program elsewhere, printed while it runs, and of the answer only what was not printed yet. */

import type { Payload } from '../shared/protocol/table.ts'
import { harmless } from './style.ts'

/** More than any node keeps of a stream (gateway protocol, section 7.11), and enough to know an end again. */
const headUnits = 400_000
const lastUnits = 1000

/** As our node says that it kept no more (exec/output.ts). */
const gap = /\[… \d+ bytes of output left out here …\]/

type Print = (text: string) => void

export class LiveOutput {
  readonly #streams: Readonly<Record<'stdout' | 'stderr', LiveStream>>

  constructor(out: Print, err: Print) {
    this.#streams = { stdout: new LiveStream(out), stderr: new LiveStream(err) }
  }

  add({ stream, offset, chunk }: Payload<'node.invoke.output'>): void {
    if (stream !== undefined && offset !== undefined) this.#streams[stream].add(chunk, offset)
  }

  /** The answer: all that the node kept. Pieces that come later do not count. False when something in between is lost. */
  end(stdout: string, stderr: string): boolean {
    const isWhole = [this.#streams.stdout.end(stdout), this.#streams.stderr.end(stderr)]
    return isWhole.every(Boolean)
  }
}

class LiveStream {
  readonly #print: Print
  #units = 0
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
    if (this.#head.length < headUnits) this.#head += chunk
    this.#last = (this.#last + chunk).slice(-lastUnits)
    this.#print(harmless(chunk))
  }

  end(whole: string): boolean {
    this.#isClosed = true
    const rest = this.#restOf(whole)
    if (rest !== '') this.#print(harmless(rest))
    return !gap.test(rest)
  }

  /** A node keeps the beginning and the end of much output: then the end tells whether all of it was printed. */
  #restOf(whole: string): string {
    if (this.#units === this.#head.length && whole.startsWith(this.#head)) return whole.slice(this.#units)
    if (this.#last.endsWith(whole.slice(-lastUnits))) return ''
    let same = 0
    while (same < whole.length && whole[same] === this.#head[same]) same++
    return `\n[… after what was shown, the node kept this …]\n${whole.slice(same)}`
  }
}
