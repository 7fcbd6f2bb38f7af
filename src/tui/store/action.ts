/** Everything that can happen to the screen's state. Clocks and ids come in with the action, so reducing stays pure. */

import type { ConnectionView } from '../../client/connection-api.ts'
import type { Paired, Pending } from '../../client/device-words.ts'
import type { ModelRow } from '../../shared/protocol/agents.ts'
import type { ExecDecision, PendingApproval } from '../../shared/protocol/exec.ts'
import type { RunSnapshot } from '../../shared/protocol/reattach.ts'
import type { SessionRow } from '../../shared/protocol/sessions.ts'
import type { HistoryMessage } from '../gateway/port.ts'
import type { EditorOp } from '../input/editor.ts'
import type { Anchor } from '../layout/window.ts'
import type { Form } from '../profiles/form.ts'
import type { DeviceChoice } from './device-choices.ts'
import type { Fleet, Roundtrips } from './fleet.ts'
import type { Item } from './item.ts'
import type { Asked } from './question.ts'
import type { RunNews } from './transcript.ts'

export type Action =
  | { type: 'batch'; actions: readonly Action[] }
  // The connection
  | { type: 'connection.changed'; view: ConnectionView; at?: number }
  | { type: 'roundtrips.read'; roundtrips: Roundtrips }
  | { type: 'gateway.leaving'; isRestart: boolean }
  | { type: 'attached'; kind: 'fresh' | 'resumed' | 'resync'; runs: readonly RunSnapshot[]; tellsRuns: boolean }
  // Which gateway is on screen, and how the others stand
  | { type: 'screen.entered' }
  | { type: 'screen.left' }
  | { type: 'fleet.changed'; fleet: Fleet }
  /** A question for the person came, changed or left. */
  | { type: 'question.changed'; asked: Asked | undefined }
  // The form of a profile
  | { type: 'form.opened'; form: Form }
  | { type: 'form.closed' }
  | { type: 'form.edited'; op: EditorOp }
  | { type: 'form.moved'; by: number }
  | { type: 'form.turned'; by: number }
  | { type: 'form.secret'; length: number }
  | { type: 'form.tried' }
  | { type: 'form.refused'; text: string; remedy: string | undefined }
  // Runs and messages
  | { type: 'run.news'; runId: string; key?: string; news: RunNews; at?: number }
  | { type: 'message.asked'; key: string; runId: string; text: string; at: number }
  /** `isOver`: its run has ended already, seen or not. */
  | { type: 'message.accepted'; key: string; runId: string; isOver: boolean }
  | { type: 'message.refused'; key: string; runId: string; problem: string }
  | { type: 'message.withdrawn'; key: string; runId: string }
  | { type: 'history.loading'; key: string }
  | {
      type: 'history.loaded'
      key: string
      messages: readonly HistoryMessage[]
      sessionId?: string
      source: 'cache' | 'gateway'
      /** When what comes from the cache was kept. */
      savedAt?: number
    }
  | { type: 'history.failed'; key: string }
  // Sessions and models
  /** `sought` is what one opens it for. */
  | { type: 'session.opened'; key: string; sought?: Sought }
  | { type: 'session.changed'; key: string; reason: string }
  | { type: 'session.reset'; key: string }
  | { type: 'sessions.loaded'; rows: readonly SessionRow[]; defaults: SessionDefaults }
  | { type: 'models.loaded'; rows: readonly ModelRow[] }
  // Composer
  | { type: 'composer.edited'; op: EditorOp }
  | { type: 'composer.cleared' }
  | { type: 'composer.restored'; drafts: Readonly<Record<string, string>>; history: readonly string[] }
  | { type: 'composer.remembered'; text: string }
  /** A message was taken back to be changed; `at` is where it stood among those that wait. */
  | { type: 'composer.revising'; text: string; at: number | undefined }
  | { type: 'composer.walked'; direction: 'older' | 'newer' }
  | { type: 'completion.moved'; by: number }
  | { type: 'completion.closed' }
  // Approvals
  | { type: 'approval.asked'; approval: PendingApproval }
  | { type: 'approval.resolved'; id: string; decision: string }
  | { type: 'approval.answering'; id: string; decision: ExecDecision }
  /** The answer did not get through. */
  | { type: 'approval.unanswered'; id: string }
  | { type: 'approval.chosen'; by: number }
  | { type: 'approval.marked'; choice: ExecDecision }
  /** Somebody would allow what they have not read to its end. */
  | { type: 'approval.hurried' }
  | { type: 'approval.paged'; top: number }
  /** The reader turned to the question, or away from it to the composer. */
  | { type: 'approval.turned'; to: 'question' | 'composer' }
  | { type: 'approvals.loaded'; approvals: readonly PendingApproval[] }
  | { type: 'approvals.expired'; nowMs: number }
  // Devices
  | { type: 'device.asked'; device: Pending; at: number }
  | { type: 'device.resolved'; id: string }
  | { type: 'device.postponed'; id: string }
  /** Asked about once more. */
  | { type: 'device.recalled'; id: string }
  | { type: 'device.chosen'; choice: DeviceChoice }
  | { type: 'device.answering'; id: string }
  | { type: 'devices.loaded'; pending: readonly Pending[]; paired: readonly Paired[]; at: number }
  | { type: 'devices.changed' }
  | { type: 'devices.expired'; nowMs: number }
  // Overlays, notices, view
  | { type: 'overlay.opened'; overlay: OverlayKind; text?: string }
  | { type: 'overlay.closed' }
  | { type: 'overlay.filtered'; filter: string }
  | { type: 'overlay.moved'; by: number; count: number }
  | { type: 'overlay.hits'; query: string; hits: readonly Hit[] }
  | { type: 'notice.shown'; notice: Notice }
  | { type: 'notice.closed'; id: string }
  | { type: 'view.resized'; columns: number; rows: number }
  | { type: 'view.scrolled'; anchor: Anchor }
  /** What was sought is found, or is not there. */
  | { type: 'view.settled' }
  /** The keys pressed of a chord that is not whole yet. */
  | { type: 'chord.pressed'; keys: readonly string[] }
  | { type: 'view.toggled'; what: 'tools' | 'thoughts' }
  | { type: 'item.toggled'; id: string }

/** What a session has when its row says nothing. */
export type SessionDefaults = { readonly model?: string; readonly contextTokens?: number }

export type OverlayKind =
  | 'gateways'
  | 'profiles'
  | 'connection'
  | 'outbox'
  | 'sessions'
  | 'models'
  | 'help'
  | 'status'
  | 'security'
  | 'nodes'
  | 'devices'
  | 'pair'
  | 'pairing'
  | 'find'
  | 'search'
  | 'prompts'

/** A place in a conversation, found by the gateway's search. */
export type Hit = { readonly key: string; readonly role: string; readonly snippet: string; readonly at: number }

/** A hit to go to; `old` are messages from before the session was opened, known to be out of date. */
export type Sought = { readonly hit: Hit; readonly old: readonly Item[] | undefined }

/** A short message to the reader that passes. */
export type Notice = {
  readonly id: string
  readonly tone: 'info' | 'success' | 'warning' | 'danger'
  readonly text: string
  /** What to do about it. */
  readonly remedy?: string
  /** It tells of a connection that broke or did not answer: once that is back it is no longer true. */
  readonly isUntilLive?: boolean
}
