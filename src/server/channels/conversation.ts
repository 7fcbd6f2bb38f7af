/** The port: what the gateway does with what people in chats say. The room of the agents fits it. */

import type { RunRecord } from '../sessions/record.ts'
import type { Person } from './channel.ts'
import type { SessionOrigin } from './session-of.ts'

/** Somebody in a chat, as far as a gate let them through. */
export type SaidBy = {
  readonly channel: string
  readonly person: Person
  /** May answer for commands (EX6). */
  readonly isApprover: boolean
}

export type Image = { readonly mimeType: string; readonly fileName: string; readonly bytes: Uint8Array }

export type Said = {
  readonly sessionKey: string
  readonly text: string
  readonly images: readonly Image[]
  /** Chosen by us from the service's own number, so that the same message is one run. */
  readonly runId: string
}

export type Conversation = {
  /** A command, or a word that stops: nothing may stand around it. */
  isCommand(text: string): boolean
  /** What stands behind a command that begins the session anew: the first words of the new one. */
  wordsOfNew(text: string): string | undefined
  /** Begins the session anew, once for each `runId`. Throws a `Fault` for them to read when that cannot be. */
  beginAnew(said: Pick<Said, 'sessionKey' | 'runId'>, by: SaidBy, signal: AbortSignal): Promise<void>
  /** The session knows from now on where its answers go. */
  setOrigin(sessionKey: string, origin: SessionOrigin): void
  origin(sessionKey: string): SessionOrigin | undefined
  /** As `chat.send`, with the rights of that person. Faults are for them to read. */
  say(said: Said, by: SaidBy, signal: AbortSignal): Promise<{ kind: 'run' } | { kind: 'stopped'; count: number }>
  /** What came of a run, once it is on disk; undefined for one nobody knows when `signal` ends. */
  outcome(runId: string, signal: AbortSignal): Promise<Outcome | undefined>
  /** Puts a file where the agent of the session reads files; returns the path as the agent writes it. */
  keepFile(sessionKey: string, name: string, bytes: Uint8Array): Promise<string>
}

export type Outcome = {
  readonly record: RunRecord
  /** Everything that was said, its pieces parted by blank lines. */
  readonly text: string
  /** Whether anything was done that must not be done twice. */
  readonly hasActed: boolean
}
