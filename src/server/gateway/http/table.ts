/** Every HTTP route of the gateway. */

import type { Clock } from '../../../shared/std/clock.ts'
import type { Ask } from '../server-parts.ts'
import { completionsRoute } from './completions.ts'
import { landingPage, landingStyleHash } from './landing.ts'
import { defineRoute, type Route, securityHeaders, sendJson, sendText } from './route.ts'

/** `ask` is absent while the completions endpoint is not enabled; its path then does not exist. */
export function httpRoutes(parts: {
  isReady(): boolean
  ask: Ask | undefined
  clock: Clock
  defaultAgentId: string
}): Route[] {
  const { isReady, ask, clock, defaultAgentId } = parts
  const live = (path: string) =>
    defineRoute({
      method: 'GET',
      path,
      policy: 'public',
      handle: (_, response) => sendJson(response, 200, { ok: true, status: 'live' }),
    })
  const ready = (path: string) =>
    defineRoute({
      method: 'GET',
      path,
      policy: 'public',
      handle: (_, response) => {
        const ok = isReady()
        sendJson(response, ok ? 200 : 503, { ok, status: ok ? 'ready' : 'stopping' })
      },
    })
  return [
    live('/health'),
    live('/healthz'),
    ready('/ready'),
    ready('/readyz'),
    defineRoute({
      method: 'GET',
      path: '/live',
      policy: 'public',
      handle: (_, response) => sendText(response, 200, ''),
    }),
    defineRoute({
      method: 'GET',
      path: '/',
      policy: 'public',
      handle: (request, response) => {
        const policy = `${securityHeaders['content-security-policy']}; style-src '${landingStyleHash()}'`
        response.setHeader('content-security-policy', policy)
        sendText(response, 200, landingPage(request.headers.host ?? ''), 'text/html')
      },
    }),
    ...(ask ? [completionsRoute({ ask, clock, defaultAgentId })] : []),
  ]
}
