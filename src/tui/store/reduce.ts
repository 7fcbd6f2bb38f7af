/** The reducer of the whole screen: each slice answers for its own field. */

import type { ConnectionView } from '../../client/connection-api.ts'
import { triedAgain } from '../../client/layers.ts'
import { editorText } from '../input/editor.ts'
import type { Action } from './action.ts'
import { reduceApprovals } from './approvals.ts'
import { reduceAttention } from './attention.ts'
import { editorOf, reduceComposer } from './composer.ts'
import { reduceDevices } from './devices.ts'
import { reduceForm } from './form.ts'
import { reduceNotices } from './notices.ts'
import { reduceOverlay } from './overlay.ts'
import { reduceSessions } from './sessions.ts'
import type { State } from './state.ts'
import {
  ask,
  clearTranscript,
  emptyTranscript,
  hear,
  miss,
  onlyCurrent,
  rejoin,
  setHistory,
  settleQuestion,
  type Transcript,
  withdraw,
} from './transcript.ts'
import { reduceView } from './view.ts'

export function reduce(state: State, action: Action): State {
  if (action.type === 'batch') return action.actions.reduce(reduce, state)
  const connection = reduceConnection(state.connection, action)
  const next: State = {
    connection,
    roundtrips: action.type === 'roundtrips.read' ? action.roundtrips : state.roundtrips,
    trouble: reduceTrouble(state.trouble, action),
    sessions: reduceSessions(state.sessions, action),
    transcripts: reduceTranscripts(state.transcripts, action, state.sessions.key),
    composer: reduceComposer(state.composer, action, state.sessions.key),
    approvals: reduceApprovals(state.approvals, action),
    devices: reduceDevices(state.devices, action),
    asked: action.type === 'question.changed' ? action.asked : state.asked,
    attention: reduceAttention(state.attention, action),
    form: reduceForm(state.form, action),
    fleet: action.type === 'fleet.changed' ? action.fleet : state.fleet,
    models: reduceModels(state.models, action),
    overlay: reduceOverlay(state.overlay, action),
    notices: reduceNotices(state.notices, action, !isSound(state.connection) && isSound(connection)),
    view: reduceView(state.view, action),
  }
  return isSame(state, next) ? state : next
}

/** The gateway's settings may have other ones by now: whoever looks at them has them fetched again. */
function reduceModels(models: State['models'], action: Action): State['models'] {
  if (action.type === 'models.loaded') return { rows: action.rows, isLoaded: true, isStale: false }
  const isLookedAt = action.type === 'overlay.opened' && action.overlay === 'models'
  return isLookedAt && !models.isStale ? { ...models, isStale: true } : models
}

function isSame(before: State, after: State): boolean {
  return (Object.keys(after) as (keyof State)[]).every((field) => before[field] === after[field])
}

function reduceConnection(connection: State['connection'], action: Action): State['connection'] {
  if (action.type === 'gateway.leaving') {
    return { ...connection, goodbye: action.isRestart ? 'restarting' : 'stopping' }
  }
  if (action.type !== 'connection.changed') return connection
  const { view } = action
  if ((connection.phase === 'waiting' || connection.phase === 'live') && isTrying(view)) {
    const layers = triedAgain(connection.layers, view.layers)
    return { ...connection, phase: 'waiting', isSuspect: false, isRetrying: true, retryAt: undefined, layers }
  }
  const { goodbye } = connection
  return goodbye !== undefined && view.phase !== 'live' ? { ...view, goodbye } : view
}

/** An attempt that may be over in milliseconds: what was known before it stays on screen, and no row jumps. */
const isTrying = ({ phase }: ConnectionView): boolean =>
  phase === 'resolving' || phase === 'connecting' || phase === 'authenticating' || phase === 'greeting'

const isSound = ({ phase, isSuspect }: ConnectionView): boolean => phase === 'live' && !isSuspect

/** The same trouble again is told once, with its first time. */
function reduceTrouble(trouble: State['trouble'], action: Action): State['trouble'] {
  if (action.type !== 'connection.changed' || action.at === undefined) return trouble
  const text = action.view.fault?.message
  return text === undefined || text === trouble?.text ? trouble : { text, at: action.at }
}

type Transcripts = State['transcripts']

function reduceTranscripts(transcripts: Transcripts, action: Action, openKey: string): Transcripts {
  switch (action.type) {
    case 'run.news': {
      const key = action.key ?? keyOfRun(transcripts, action.runId)
      if (key === undefined) return transcripts
      const heard = (it: Transcript) => hear(it, action.runId, action.news, action.at)
      // A reply in a session that is not open is followed too: who opens it finds it being written.
      return create(transcripts, key, (it) => (key === openKey ? heard(it) : onlyCurrent(heard(it))))
    }
    case 'message.asked':
      return create(transcripts, action.key, (it) => ask(it, action.runId, action.text, action.at))
    case 'message.accepted':
      return change(transcripts, action.key, (it) => accepted(it, action.runId, action.isOver))
    case 'message.refused':
      return change(transcripts, action.key, (it) => settleQuestion(it, action.runId, action.problem))
    case 'message.withdrawn':
      return change(transcripts, action.key, (it) => withdraw(it, action.runId))
    case 'history.loading':
      return change(transcripts, action.key, (it) => (it.isStale ? { ...it, isStale: false } : it))
    case 'history.failed':
      return change(transcripts, action.key, (it) => ({ ...it, isStale: true }))
    case 'history.loaded':
      return change(transcripts, action.key, (it) => loaded(it, action))
    case 'session.opened':
      return create(transcripts, action.key, (it) => (it.source === 'gateway' ? it : { ...it, isStale: true }))
    case 'session.reset':
      return change(transcripts, action.key, clearTranscript)
    case 'session.changed':
      return change(transcripts, action.key, (it) => changed(it, action.reason))
    case 'attached':
      return attached(transcripts, action)
    default:
      return transcripts
  }
}

function accepted(transcript: Transcript, runId: string, isOver: boolean): Transcript {
  const settled = settleQuestion(transcript, runId)
  return isOver ? miss(settled, runId) : settled
}

function loaded(transcript: Transcript, action: Action & { type: 'history.loaded' }): Transcript {
  if (action.source === 'cache' && transcript.source === 'gateway') return transcript
  const next = setHistory(transcript, action.messages, action.sessionId, action.source)
  return action.savedAt === undefined ? next : { ...next, savedAt: action.savedAt }
}

/** Every message changes a session; only what no run tells of makes its history stale. */
function changed(transcript: Transcript, reason: string): Transcript {
  if (reason === 'reset' || reason === 'delete') return clearTranscript(transcript)
  return reason === 'inject' || reason === 'compact' ? { ...transcript, isStale: true } : transcript
}

function attached(transcripts: Transcripts, { kind, runs, tellsRuns }: Action & { type: 'attached' }): Transcripts {
  if (kind === 'resumed') return transcripts
  const keys = new Set([...Object.keys(transcripts), ...runs.map(({ sessionKey }) => sessionKey)])
  const next = [...keys].map((key) => {
    const own = runs.filter(({ sessionKey }) => sessionKey === key)
    return [key, rejoin(transcripts[key] ?? emptyTranscript(key), own, tellsRuns)]
  })
  return Object.fromEntries(next)
}

function keyOfRun(transcripts: Transcripts, runId: string): string | undefined {
  return Object.values(transcripts).find(({ live }) => live.some((run) => run.id === runId))?.key
}

function change(transcripts: Transcripts, key: string, step: (transcript: Transcript) => Transcript): Transcripts {
  const transcript = transcripts[key]
  if (!transcript) return transcripts
  const next = step(transcript)
  return next === transcript ? transcripts : { ...transcripts, [key]: next }
}

function create(transcripts: Transcripts, key: string, step: (transcript: Transcript) => Transcript): Transcripts {
  const known = transcripts[key]
  const next = step(known ?? emptyTranscript(key))
  return next === known ? transcripts : { ...transcripts, [key]: next }
}

/** Drafts of every session, chips written out; for keeping on disk. */
export function draftsOf(state: State): Record<string, string> {
  const drafts = Object.keys(state.composer.editors).map((key) => [key, editorText(editorOf(state.composer, key))])
  return Object.fromEntries(drafts.filter(([, text]) => text !== ''))
}
