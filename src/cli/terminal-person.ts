/** Asks the person in a terminal: a line, a yes or no, or something that is not shown. */

import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { Secret } from '../shared/std/secret.ts'
import { nobody, type Person } from './person.ts'
import { harmless } from './style.ts'

/** What is needed of `process.stdin` and `process.stderr`. */
export type Terminal = {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown }
  readonly output: Writable & { readonly isTTY?: boolean }
  /** Tells the program of Ctrl+C, which raw keys keep from it, at once: a signal sent to itself can come after its end. */
  readonly raise: () => void
}

export function personAt(terminal: Terminal): Person {
  const { input, output } = terminal
  const all = () => readAll(input)
  if (!input.isTTY || !output.isTTY) return nobody(all)
  const line = (question: string, signal: AbortSignal) => askLine(terminal, question, signal)
  return {
    isThere: true,
    line,
    hidden: (question, signal) => askHidden(terminal, question, signal),
    input: all,
    async confirm(question, byDefault, signal) {
      for (;;) {
        const answer = await line(`${question} [${byDefault ? 'Y/n' : 'y/N'}] `, signal)
        if (answer === undefined) return false
        const word = answer.trim().toLowerCase()
        if (word === '') return byDefault
        if (['y', 'yes'].includes(word)) return true
        if (['n', 'no'].includes(word)) return false
        output.write('Please answer yes or no.\n')
      }
    },
  }
}

async function askLine(terminal: Terminal, question: string, signal: AbortSignal): Promise<string | undefined> {
  const { input, output } = terminal
  const { createInterface } = await import('node:readline/promises') // most commands never ask
  signal.throwIfAborted()
  const reader = createInterface({ input, output, terminal: true })
  const answered = Promise.withResolvers<string | undefined>()
  reader.once('close', () => answered.resolve(undefined))
  // Readline takes Ctrl+C for itself: the program must hear it as the signal it stands for.
  reader.on('SIGINT', () => {
    interrupt(terminal, signal, answered.reject)
    reader.removeAllListeners('close')
    reader.close()
  })
  try {
    return await Promise.race([reader.question(harmless(question), { signal }), answered.promise])
  } finally {
    reader.close()
  }
}

/** Ctrl+C is no answer: what asked ends together with the command, as soon as that has heard it. */
function interrupt({ raise }: Terminal, signal: AbortSignal, reject: (reason: unknown) => void): void {
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  raise()
}

/** Reads keys raw and echoes nothing; the mode of the terminal is given back whatever happens. */
function askHidden(terminal: Terminal, question: string, signal: AbortSignal): Promise<Secret | undefined> {
  const { input, output } = terminal
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    let typed: string[] = []
    const end = (settle: () => void) => {
      input.off('data', onData)
      signal.removeEventListener('abort', onAbort)
      input.setRawMode?.(false)
      input.pause()
      output.write('\n')
      settle()
    }
    const onAbort = () => end(() => reject(signal.reason))
    const onData = (bytes: Buffer) => {
      for (const key of decoder.write(bytes)) {
        if (key === '\r' || key === '\n') return end(() => resolve(new Secret(typed.join(''))))
        if (key === '\u0003') return end(() => interrupt(terminal, signal, reject))
        if (key === '\u0004' && typed.length === 0) return end(() => resolve(undefined))
        if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1)
        else if (key === '\u0015') typed = []
        else if (key >= ' ') typed.push(key)
      }
    }
    signal.addEventListener('abort', onAbort, { once: true })
    input.setRawMode?.(true)
    output.write(harmless(question)) // by now nothing typed is shown
    input.on('data', onData)
    input.resume()
  })
}

async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of input) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
