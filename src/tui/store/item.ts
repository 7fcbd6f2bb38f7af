/** What a transcript shows: questions, replies, thoughts, tool calls and notes. Plain immutable values. */

import type { ToolDetails } from '../../shared/model/message.ts'

export type Item = QuestionItem | ReplyItem | ThoughtItem | ToolItem | NoteItem

/** `id` is stable as long as the item is on screen; `runId` is known when the gateway tells it, or the run is ours. */
type Common = { readonly id: string; readonly runId?: string; readonly at?: number }

/** `unsent` waits in the outbox; `sent` is on the gateway's disk; `refused` will not be sent, `problem` says why. */
export type QuestionItem = Common & {
  readonly kind: 'question'
  readonly text: string
  readonly delivery: 'unsent' | 'sent' | 'refused'
  /** Who wrote it, where it was not a terminal. */
  readonly origin?: { readonly channel: string; readonly name: string }
  readonly problem?: string
}

/** How a reply ended; `open` while more may come, `cut` when the model reached its output limit. */
export type Ending = 'open' | 'done' | 'cut' | 'stopped' | 'interrupted' | 'failed'

export type ReplyItem = Common & {
  readonly kind: 'reply'
  readonly text: string
  readonly ending: Ending
  readonly problem?: string
  /** `provider/model`. */
  readonly model?: string
}

export type ThoughtItem = Common & { readonly kind: 'thought'; readonly text: string; readonly isOpen: boolean }

export type ToolStatus = 'running' | NonNullable<ToolDetails['status']>

export type ToolItem = Common & {
  readonly kind: 'tool'
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly status: ToolStatus
  readonly output: string
  /** The machine: `gateway vps-1`, `node mac-mini`. Unknown until the gateway tells. */
  readonly where?: string
  readonly cwd?: string
  readonly exitCode?: number
  readonly durationMs?: number
  readonly isTruncated?: boolean
  /** It waits for a decision. */
  readonly isAsking?: boolean
}

/** Something the gateway or this program says, not the model. */
export type NoteItem = Common & { readonly kind: 'note'; readonly text: string; readonly tone: 'info' | 'danger' }
