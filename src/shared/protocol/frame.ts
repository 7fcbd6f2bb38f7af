/** Frames: the three objects that travel, and how untrusted text becomes one (section 2). */

import * as z from 'zod'
import { isRecord, parseJson } from '../std/json.ts'
import { once } from '../std/once.ts'
import { readAs } from '../std/read-as.ts'

/** Largest message accepted before the handshake (requirement IN2). */
export const maxPreAuthBytes = 64 * 1024
/** Largest message accepted after it; advertised as `policy.maxPayload`. */
export const maxPayloadBytes = 8 * 1024 * 1024
/** Largest message a client of ours accepts from a gateway (section 1.2). */
export const maxClientPayloadBytes = 25 * 1024 * 1024

/** `code` is one of `errorCodes`; strangers may send others. `details` are for programs. */
export const wireError = once(() =>
  z.looseObject({
    code: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
    retryable: z.boolean().optional(),
    retryAfterMs: z.number().optional(),
  }),
)
export type WireError = z.infer<ReturnType<typeof wireError>>

export type ErrorCode =
  | 'INVALID_REQUEST'
  | 'UNAVAILABLE'
  | 'NOT_PAIRED'
  | 'NOT_LINKED'
  | 'AGENT_TIMEOUT'
  | 'FORBIDDEN'
  | 'APPROVAL_NOT_FOUND'

export type RequestFrame = { type: 'req'; id: string; method: string; params?: unknown }
export type ResponseFrame = { type: 'res'; id: string; ok: boolean; payload?: unknown; error?: WireError }
export type EventFrame = {
  type: 'event'
  event: string
  payload?: unknown
  seq?: number
  stateVersion?: { presence: number; health: number }
}
export type RequestResult =
  | { kind: 'request'; frame: RequestFrame }
  /** Not JSON at all: closes 1000 before the handshake, is ignored after it. */
  | { kind: 'not-json'; reason: string }
  /** JSON, but not a request. `id` is what the answer should echo. */
  | { kind: 'invalid'; id: string; reason: string }

const requestKeys = new Set(['type', 'id', 'method', 'params', 'traceparent', 'expectedProfileId'])

/** Reads one request as the server receives it. Never throws. */
export function parseRequest(text: string): RequestResult {
  const parsed = parseJson(text)
  if (!parsed.ok) return { kind: 'not-json', reason: parsed.reason }
  const value = parsed.value
  if (!isRecord(value)) return { kind: 'invalid', id: 'invalid', reason: 'must be object' }
  const id = typeof value.id === 'string' && value.id !== '' ? value.id : 'invalid'
  const problems: string[] = []
  if (value.type !== 'req') problems.push("at /type: must be equal to 'req'")
  if (typeof value.id !== 'string' || value.id === '') problems.push("must have required property 'id'")
  if (typeof value.method !== 'string' || value.method === '') problems.push("must have required property 'method'")
  for (const key of Object.keys(value)) {
    if (!requestKeys.has(key)) problems.push(`at root: unexpected property '${key.slice(0, 64)}'`)
  }
  if (problems.length > 0) return { kind: 'invalid', id, reason: problems.join('; ') }
  const frame: RequestFrame = { type: 'req', id, method: String(value.method) }
  if (value.params !== undefined) frame.params = value.params
  return { kind: 'request', frame }
}

const serverFrame = once(() =>
  z.union([
    z.looseObject({
      type: z.literal('res'),
      id: z.string(),
      ok: z.boolean(),
      payload: z.unknown().optional(),
      error: wireError().optional(),
    }),
    z.looseObject({
      type: z.literal('event'),
      event: z.string(),
      payload: z.unknown().optional(),
      seq: z.number().int().optional(),
      stateVersion: z.looseObject({ presence: z.number(), health: z.number() }).optional(),
    }),
  ]),
)

/** Reads one frame as a client receives it; undefined for anything a client may ignore. Never throws. */
export function parseServerFrame(text: string): ResponseFrame | EventFrame | undefined {
  const parsed = parseJson(text)
  if (!parsed.ok) return undefined
  const result = readAs(serverFrame(), parsed.value)
  return result.success ? (result.data as ResponseFrame | EventFrame) : undefined
}
