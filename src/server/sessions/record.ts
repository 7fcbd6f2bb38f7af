/** What a session and a run are, as rows of the database and as values. */

import type { AssistantMessage, Message, Usage } from '../../shared/model/message.ts'
import type { SessionOrigin } from '../channels/session-of.ts'
import type { Row } from '../storage/database.ts'

/** What `sessions.patch` may set; it survives a reset. */
export type SessionSettings = {
  thinkingLevel?: string
  verboseLevel?: string
  reasoningLevel?: string
  responseUsage?: string
  elevatedLevel?: string
  execHost?: string
  execSecurity?: string
  execAsk?: string
  execNode?: string
  providerOverride?: string
  modelOverride?: string
  sendPolicy?: string
  groupActivation?: string
}

export type SessionRecord = {
  key: string
  agentId: string
  /** Changes with every reset. */
  sessionId: string
  label?: string
  spawnedBy?: string
  /** The chat it belongs to, where it belongs to one. */
  origin?: SessionOrigin
  settings: SessionSettings
  /** Beginning of the first user message. */
  title?: string
  /** Beginning of the last message. */
  preview?: string
  createdAt: number
  /** When the present `sessionId` began. */
  startedAt: number
  updatedAt: number
  inputTokens: number
  outputTokens: number
  /** What the context held after the last answer. */
  totalTokens: number
  /** Of the last answer. */
  modelProvider?: string
  model?: string
  abortedLastRun: boolean
  compactions: number
}

export type RunStatus = 'running' | 'ok' | 'error' | 'aborted' | 'timeout' | 'interrupted'

export type RunRecord = {
  runId: string
  key: string
  /** The session key as the caller wrote it. */
  echoKey: string
  agentId: string
  source: string
  status: RunStatus
  startedAt: number
  endedAt?: number
  errorMessage?: string
  stopReason?: string
  /** The last assistant message of a run that has ended with one. */
  message?: AssistantMessage
}

/** How a run ended. */
export type RunEnd = {
  status: Exclude<RunStatus, 'running'>
  message?: Message
  errorMessage?: string
  stopReason?: string
  /** Of the run's last answer, for the session's counters. Days are counted from each message's own `usage`. */
  usage?: Usage
}

/** One stored message. `id` grows; it orders entries, whatever the clock did. */
export type Entry = { id: number; turn: number; runId?: string; message: Message }

export const sessionColumns = `s.key, s.agent_id, t.session_id, s.label, s.spawned_by, s.origin, s.settings, s.title, s.preview,
  s.created_at, t.started_at, s.updated_at, s.input_tokens, s.output_tokens, s.total_tokens, s.model_provider, s.model,
  s.aborted_last_run, s.compactions`

export function sessionFromRow(row: Row): SessionRecord {
  return {
    key: String(row.key),
    agentId: String(row.agent_id),
    sessionId: String(row.session_id),
    ...text('label', row.label),
    ...text('spawnedBy', row.spawned_by),
    ...(row.origin == null ? {} : { origin: JSON.parse(String(row.origin)) as SessionOrigin }),
    settings: JSON.parse(String(row.settings)) as SessionSettings,
    ...text('title', row.title),
    ...text('preview', row.preview),
    createdAt: Number(row.created_at),
    startedAt: Number(row.started_at),
    updatedAt: Number(row.updated_at),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    totalTokens: Number(row.total_tokens),
    ...text('modelProvider', row.model_provider),
    ...text('model', row.model),
    abortedLastRun: row.aborted_last_run === 1,
    compactions: Number(row.compactions),
  }
}

/** `row` holds a run's columns and `message`, the JSON of its final entry or null. */
export function runFromRow(row: Row): RunRecord {
  return {
    runId: String(row.run_id),
    key: String(row.key),
    echoKey: String(row.echo_key),
    agentId: String(row.agent_id),
    source: String(row.source),
    status: String(row.status) as RunStatus,
    startedAt: Number(row.started_at),
    ...(row.ended_at === null ? {} : { endedAt: Number(row.ended_at) }),
    ...text('errorMessage', row.error_message),
    ...text('stopReason', row.stop_reason),
    ...(row.message == null ? {} : { message: JSON.parse(String(row.message)) as AssistantMessage }),
  }
}

export function entryFromRow(row: Row): Entry {
  return {
    id: Number(row.seq),
    turn: Number(row.turn),
    ...text('runId', row.run_id),
    message: JSON.parse(String(row.message)) as Message,
  }
}

function text<K extends string>(name: K, value: Row[string] | undefined): { [P in K]?: string } {
  return (value == null ? {} : { [name]: String(value) }) as { [P in K]?: string }
}
