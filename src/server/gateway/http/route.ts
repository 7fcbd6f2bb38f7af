/** What an HTTP route is: where, who may, and what it answers. One without a policy does not compile (AU1). */

import type { IncomingMessage, ServerResponse } from 'node:http'

/** `public` needs nothing; `secret` needs the shared secret as a bearer token, checked before the body is read (IN4). */
export type Policy = 'public' | 'secret'

export type Route = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly policy: Policy
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>
}

export function defineRoute(route: Route): Route {
  return route
}

/** Nothing may be loaded, framed, sniffed or referred from any answer, and no other origin may read one (OR5, OR6). */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export function sendText(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, JSON.stringify(value), 'application/json')
}
