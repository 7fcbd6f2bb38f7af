/** The port: the person at the terminal of a line command. Asked on standard error, so that output can be piped on. */

import { Fault } from '../shared/fault.ts'
import type { Secret } from '../shared/std/secret.ts'

export type Person = {
  /** False in a pipe, a service or a script: then only `input` works, and the rest rejects with `usage.invalid`. */
  readonly isThere: boolean
  /** A yes or no; Enter alone means `byDefault`. */
  confirm(question: string, byDefault: boolean, signal: AbortSignal): Promise<boolean>
  /** One line; undefined when the person gave up (Ctrl+D). */
  line(question: string, signal: AbortSignal): Promise<string | undefined>
  /** One line that is not shown; undefined when the person gave up. */
  hidden(question: string, signal: AbortSignal): Promise<Secret | undefined>
  /** All of standard input. */
  input(): Promise<string>
}

/** Nobody to ask; standard input may still hold something. */
export function nobody(input: () => Promise<string>): Person {
  const refuse = async (question: string): Promise<never> => {
    throw new Fault('usage.invalid', `There is no terminal to ask in: ${question}`, {
      remedy: 'Run it in a terminal, or give the answer as a flag; --help lists them.',
    })
  }
  return { isThere: false, confirm: refuse, line: refuse, hidden: refuse, input }
}
