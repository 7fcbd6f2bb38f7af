/** Answers HTTP requests: gates first, then the route, then its policy, and only then the handler sees anything. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../../shared/std/clock.ts'
import { bearerOf } from '../admission/auth.ts'
import type { FailureLimiter } from '../admission/limiter.ts'
import type { Source } from '../admission/local.ts'
import { type Gate, isCrossSite, passGate } from '../admission/origin.ts'
import type { PasswordChecker } from '../admission/password-check.ts'
import { turnOf } from '../admission/turn.ts'
import type { Doorbook, GatewayLog } from '../server-parts.ts'
import { type Route, securityHeaders, sendJson, sendText } from './route.ts'

export type HttpParts = {
  gate(): Gate
  /** Asked for each request. */
  routes(): readonly Route[]
  passwords: PasswordChecker
  limiter: FailureLimiter
  clock: Clock
  sourceOf(request: IncomingMessage): Source
  /** Whoever asks has shown the secret. */
  admitted(request: IncomingMessage): void
  log: GatewayLog
  doorbook: Doorbook
}

export async function serveHttp(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  try {
    await answer(parts, request, response)
  } catch (error) {
    parts.log.error('an HTTP request failed unexpectedly', { stack: error instanceof Error ? error.stack : error })
    if (!response.headersSent) sendText(response, 500, 'The gateway failed. Its log says more.')
    else response.destroy()
  }
}

async function answer(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const verdict = passGate(parts.gate(), request.headers)
  if (verdict.kind === 'closed') {
    refuse(response, verdict.status, verdict.reason)
    return
  }
  const { path, method } = target(request)
  const candidates = parts.routes().filter((route) => route.path === path)
  const route = candidates.find((candidate) => candidate.method === method)
  if (candidates.length === 0) refuse(response, 404, 'Not Found')
  else if (!route) {
    response.setHeader('allow', candidates.map((candidate) => candidate.method).join(', '))
    refuse(response, 405, 'Method Not Allowed')
  } else if (await isAllowed(parts, route, request, response)) await route.handle(request, response)
}

/** HEAD is GET without the body, which Node leaves out by itself. A query never matters, so no credential hides in one. */
function target(request: IncomingMessage): { path: string; method: string } {
  const path = (request.url ?? '/').replace(/[?#].*$/, '')
  return { path, method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET') }
}

async function isAllowed(
  parts: HttpParts,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (route.method === 'POST' && isCrossSite(request.headers)) {
    refuse(response, 403, 'Other sites may not use this gateway.')
    return false
  }
  if (route.policy === 'secret' && !(await isAuthorized(parts, request, response))) return false
  if (route.method === 'POST' && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    refuse(response, 415, 'The content type must be application/json.')
    return false
  }
  return true
}

/** When to try again while too many passwords wait to be hashed, milliseconds. */
const busyMs = 2_000

/** The same secret and the same limits as on the socket. */
async function isAuthorized(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const source = parts.sourceOf(request)
  const token = bearerOf(request.headers.authorization)
  const lockedMs = source.isDirect ? 0 : parts.limiter.lockedForMs(source.key, ['shared'])
  if (lockedMs > 0) return tooMany(response, lockedMs)
  const check = await parts.passwords.decide({ token }, turnOf(source, parts.limiter))
  if (check === 'match') {
    parts.admitted(request)
    return true
  }
  if (check === 'busy') return tooMany(response, busyMs)
  if (token) parts.doorbook.refused(source.address, { reason: 'wrong bearer token', over: 'http' })
  const delayMs = token ? parts.limiter.failed(source.key, ['shared'], { lockable: !source.isDirect }) : 0
  if (delayMs > 0) await new Promise<void>((resolve) => parts.clock.after(delayMs, resolve, { unref: true }))
  response.setHeader('www-authenticate', 'Bearer')
  sendUnauthorized(response, 401, 'Unauthorized')
  return false
}

function tooMany(response: ServerResponse, retryMs: number): false {
  response.setHeader('retry-after', String(Math.ceil(retryMs / 1000)))
  sendUnauthorized(response, 429, 'Too many failed attempts')
  return false
}

function sendUnauthorized(response: ServerResponse, status: number, message: string): void {
  response.setHeader('connection', 'close')
  sendJson(response, status, { error: { message, type: 'unauthorized' } })
}

/** Whatever body was not read is not waited for: the connection ends with the answer. */
function refuse(response: ServerResponse, status: number, text: string): void {
  response.setHeader('connection', 'close')
  sendText(response, status, text)
}
