/** One request to one response: name → role → scope → params → handler. Authority is checked before existence (section 2.2). */

import { Fault, type FaultCode } from '../../shared/fault.ts'
import type { ErrorCode, RequestFrame, WireError } from '../../shared/protocol/frame.ts'
import { describeIssues } from '../../shared/protocol/issues.ts'
import type { Method } from '../../shared/protocol/method.ts'
import { hasScope, type Scope } from '../../shared/protocol/scope.ts'
import { methodTable } from '../../shared/protocol/table.ts'
import { readAs } from '../../shared/std/read-as.ts'
import type { Handlers } from '../methods/table.ts'
import { CallError } from './call-error.ts'
import type { HandlerContext, Peer } from './context.ts'
import { toJson } from './encoded.ts'
import { MissingScope } from './refusal.ts'
import type { GatewayLog } from './server-parts.ts'

/** Requests one connection may have open at a time (section 1.2). */
export const maxInFlight = 256

export type Caller = {
  readonly peer: Peer
  readonly signal: AbortSignal
  inFlight: number
  respond(text: string): void
}

export type Dispatch = (caller: Caller, frame: RequestFrame) => void

type Prepared = { kind: 'refused'; error: WireError } | { kind: 'ready'; handler: AnyHandler; params: unknown }
type AnyHandler = (params: unknown, context: HandlerContext) => unknown

export function createDispatch({ handlers, log }: { handlers: Handlers; log: GatewayLog }): Dispatch {
  const byName = new Map(Object.entries(handlers)) as unknown as ReadonlyMap<string, AnyHandler>

  return (caller, frame) => {
    const ready = prepare(caller, frame)
    if (ready.kind === 'refused') caller.respond(errorResponse(frame.id, ready.error))
    else run(caller, frame.id, frame.method, ready.handler, ready.params)
  }

  function prepare(caller: Caller, { method: name, params }: RequestFrame): Prepared {
    const method = methodTable.get(name)
    const denied = findDenial(caller.peer, name, method)
    if (denied) return { kind: 'refused', error: denied }
    if (caller.inFlight >= maxInFlight) return { kind: 'refused', error: busy }
    const handler = byName.get(name)
    if (!method || !handler) return { kind: 'refused', error: unknownMethod(name) }
    const parsed = readAs(method.params, params ?? {}, { reportInput: true })
    if (parsed.success) return { kind: 'ready', handler, params: parsed.data }
    const message = `invalid ${name} params: ${describeIssues(parsed.error)}`
    return { kind: 'refused', error: { code: 'INVALID_REQUEST', message } }
  }

  function run(caller: Caller, id: string, name: string, handler: AnyHandler, params: unknown): void {
    const context: HandlerContext = {
      peer: caller.peer,
      signal: caller.signal,
      accept: (payload) => caller.respond(okResponse(id, payload)),
    }
    const fail = (error: unknown) => caller.respond(failure(caller.peer, id, name, error))
    try {
      const result = handler(params, context)
      if (result instanceof Promise) settle(caller, id, result, fail)
      else caller.respond(okResponse(id, result))
    } catch (error) {
      fail(error)
    }
  }

  function settle(caller: Caller, id: string, result: Promise<unknown>, fail: (error: unknown) => void): void {
    caller.inFlight++
    result
      .then((value) => caller.respond(okResponse(id, value)), fail)
      .finally(() => {
        caller.inFlight--
      })
  }

  function failure(peer: Peer, id: string, name: string, error: unknown): string {
    if (error instanceof MissingScope) return errorResponse(id, scopeRefusal(peer, error.scope))
    if (error instanceof CallError) {
      const { payload, ...options } = error.options
      return errorResponse(id, { code: error.code, message: error.message, ...options }, payload)
    }
    if (error instanceof Fault) return errorResponse(id, describeFault(error))
    const stack = error instanceof Error ? error.stack : String(error)
    log.error(`the handler of ${name} failed unexpectedly`, { method: name, stack })
    const message = `The gateway failed while handling ${name}. Its log says more.`
    return errorResponse(id, { code: 'UNAVAILABLE', message })
  }
}

const busy: WireError = {
  code: 'UNAVAILABLE',
  message: `more than ${maxInFlight} requests are open on this connection`,
  retryable: true,
  retryAfterMs: 1000,
}

function unknownMethod(name: string): WireError {
  return { code: 'INVALID_REQUEST', message: `unknown method: ${name.slice(0, 128)}` }
}

/** Why this peer may not call that name; a name nobody defined needs admin, so that strangers learn nothing from it. */
function findDenial(peer: Peer, name: string, method: Method | undefined): WireError | undefined {
  if (name === 'connect') return { code: 'INVALID_REQUEST', message: 'connect is only valid as the first request' }
  if ((method?.role ?? 'operator') !== peer.role) {
    return { code: 'INVALID_REQUEST', message: `unauthorized role: ${peer.role}` }
  }
  const needed: Scope = method?.scope ?? 'admin'
  return hasScope(peer.scopes, needed) ? undefined : scopeRefusal(peer, needed)
}

function scopeRefusal(peer: Peer, needed: Scope): WireError {
  const scope = `operator.${needed}`
  const message = `missing scope: ${scope}`
  if (peer.protocol === 3) return { code: 'INVALID_REQUEST', message }
  return {
    code: 'FORBIDDEN',
    message,
    details: { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] },
  }
}

/** Faults that say the request was wrong; every other fault says that something is down. */
const requestFaults = new Set<FaultCode>([
  'usage.invalid',
  'config.invalid',
  'config.conflict',
  'provider.unknown-model',
  'tool.invalid',
  'tool.denied',
  'path.outside',
])

function describeFault(fault: Fault): WireError {
  const code: ErrorCode = requestFaults.has(fault.code) ? 'INVALID_REQUEST' : 'UNAVAILABLE'
  const details = { ...fault.details, fault: fault.code, ...(fault.remedy !== undefined && { remedy: fault.remedy }) }
  return {
    code,
    message: fault.message,
    details,
    ...(fault.retryable && { retryable: true }),
    ...(fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }),
  }
}

export function okResponse(id: string, payload: unknown): string {
  const body = payload === undefined ? '' : `,"payload":${toJson(payload)}`
  return `{"type":"res","id":${JSON.stringify(id)},"ok":true${body}}`
}

export function errorResponse(id: string, error: WireError, payload?: unknown): string {
  const body = payload === undefined ? '' : `,"payload":${JSON.stringify(payload)}`
  return `{"type":"res","id":${JSON.stringify(id)},"ok":false${body},"error":${JSON.stringify(error)}}`
}
