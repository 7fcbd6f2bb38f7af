/** The port: this machine as a node, which lends its shell or camera to a gateway. `bin` fits the node's room to it. */

import type { ConnectionView } from '../client/connection-api.ts'
import type { Target } from '../client/target.ts'
import type { ExecDecision } from '../shared/protocol/exec.ts'

export type NodePort = {
  /** Works until the signal ends it; rejects with what only a person can mend. */
  run(options: NodeRun): Promise<void>
  /** Everything a node of ours can be asked, and whether this machine can do it. */
  abilities(): Promise<readonly NodeAbility[]>
  /** Commands that wait for the person of this machine, oldest first. */
  asks(): Promise<readonly WaitingCommand[]>
  /** False when nothing of that id waits. */
  answer(id: string, decision: ExecDecision): Promise<boolean>
  policy(): Promise<{ readonly path: string; readonly mode: string; readonly modes: readonly string[] }>
  /** One of `modes`. */
  setMode(mode: string): Promise<void>
}

export type NodeAbility = {
  readonly command: string
  readonly isOffered: boolean
  /** What is used, or why it cannot be. */
  readonly detail: string
  readonly remedy?: string
}

export type WaitingCommand = {
  readonly id: string
  readonly command: string
  readonly program: string
  readonly cwd: string
  readonly gateway: string
  readonly why: string
  readonly askedAtMs: number
  readonly expiresAtMs: number
}

export type NodeRun = {
  readonly target: Target
  readonly name: string
  /** Asks the person in front of this process; absent when nobody is there. */
  readonly prompt?: ((ask: WaitingCommand, signal: AbortSignal) => Promise<ExecDecision | undefined>) | undefined
  readonly onStarted: (facts: { readonly deviceId: string; readonly offered: readonly string[] }) => void
  readonly onView: (view: ConnectionView) => void
  readonly onNews: (news: NodeNews) => void
  readonly signal: AbortSignal
}

export type NodeNews =
  | { readonly kind: 'asked'; readonly command: string; readonly text: string }
  | { readonly kind: 'answered'; readonly command: string; readonly error: string | undefined; readonly tookMs: number }
