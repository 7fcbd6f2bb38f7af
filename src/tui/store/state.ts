/** The whole state of the screen: one field for each slice. */

import type { ConnectionView } from '../../client/connection-api.ts'
import type { ModelRow } from '../../shared/protocol/agents.ts'
import { canonicalKey } from '../../shared/session-key.ts'
import type { Form } from '../profiles/form.ts'
import { type Approvals, noApprovals } from './approvals.ts'
import { type Attention, initialAttention } from './attention.ts'
import { type Composer, emptyComposer } from './composer.ts'
import { type Devices, noDevices } from './devices.ts'
import { type Fleet, noFleet, noRoundtrips, type Roundtrips, type Trouble } from './fleet.ts'
import type { Notices } from './notices.ts'
import type { Overlay } from './overlay.ts'
import type { Asked } from './question.ts'
import { initialSessions, type Sessions } from './sessions.ts'
import { emptyTranscript, type Transcript } from './transcript.ts'
import { initialView, type View } from './view.ts'

export type State = {
  /**
   * `goodbye` while a gateway that announced its end has not come back. `isRetrying` while one that was lost is tried
   * again: its phase stays `waiting`, with all that is known of the loss.
   */
  readonly connection: ConnectionView & { readonly goodbye?: 'stopping' | 'restarting'; readonly isRetrying?: true }
  readonly roundtrips: Roundtrips
  readonly trouble: Trouble | undefined
  readonly sessions: Sessions
  readonly transcripts: Readonly<Record<string, Transcript>>
  readonly composer: Composer
  readonly approvals: Approvals
  readonly devices: Devices
  /** What a connection needs to know before it goes on. */
  readonly asked: Asked | undefined
  readonly attention: Attention
  /** The profile that is being added or edited. */
  readonly form: Form | undefined
  /** How the other gateways stand; known to the one on screen only. */
  readonly fleet: Fleet
  readonly models: { readonly rows: readonly ModelRow[]; readonly isLoaded: boolean; readonly isStale: boolean }
  readonly overlay: Overlay | undefined
  readonly notices: Notices
  readonly view: View
}

export function initialState(options: {
  connection: ConnectionView
  sessionKey: string
  columns: number
  rows: number
}): State {
  const key = canonicalKey(options.sessionKey)
  return {
    connection: options.connection,
    roundtrips: noRoundtrips,
    trouble: undefined,
    sessions: initialSessions(key),
    transcripts: { [key]: emptyTranscript(key) },
    composer: emptyComposer,
    approvals: noApprovals,
    devices: noDevices,
    asked: undefined,
    attention: initialAttention,
    form: undefined,
    fleet: noFleet,
    models: { rows: [], isLoaded: false, isStale: true },
    overlay: undefined,
    notices: [],
    view: initialView(options.columns, options.rows),
  }
}

export function currentTranscript(state: State): Transcript {
  return state.transcripts[state.sessions.key] ?? emptyTranscript(state.sessions.key)
}
