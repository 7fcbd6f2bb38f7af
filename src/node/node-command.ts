/** What a node can be asked: a name, whether this machine can do it, and doing it. */

import type * as z from 'zod'
import type { AskProgram } from '../client/system-programs.ts'
import type { OutputStream } from '../exec/spawn.ts'
import type { Clock } from '../shared/std/clock.ts'

/** This machine, as far as it decides what can be offered. */
export type Machine = {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly ask: AskProgram
  /** Absolute path of a program of the search path. */
  find(program: string): Promise<string | undefined>
  /** Names in a folder; none when it is not there. */
  names(folder: string): Promise<readonly string[]>
}

/** `detail` is what would be used. */
export type Ability =
  | { readonly kind: 'able'; readonly detail: string }
  | { readonly kind: 'unable'; readonly why: string; readonly remedy: string }

export type InvokeContext = {
  /** Of the profile the node serves. */
  readonly gateway: string
  readonly machine: Machine
  readonly clock: Clock
  /** Ends when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Live output. */
  onPiece(text: string, stream: OutputStream): void
  /** The person of this machine is asked first. */
  onAsking(): void
}

export type NodeCommand<P extends z.ZodType = z.ZodType> = {
  readonly name: string
  /** The capability it belongs to. */
  readonly cap: string
  readonly params: P
  look(machine: Machine): Promise<Ability>
  /** Rejects with a `Refusal` where the gateway is to be told why. */
  run(params: z.output<P>, context: InvokeContext): Promise<unknown>
}

export function defineNodeCommand<P extends z.ZodType>(command: NodeCommand<P>): NodeCommand {
  return command as unknown as NodeCommand
}

/** Why it was not done, for the gateway: a code programs know and a sentence for people. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
  }
}
