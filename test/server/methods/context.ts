/** A caller for handlers tested alone. */

import type { HandlerContext } from '../../../src/server/gateway/context.ts'

export function fakeContext(scopes: readonly string[] = ['operator.admin']): HandlerContext {
  return {
    peer: {
      connId: 'c1',
      protocol: 4,
      role: 'operator',
      scopes: new Set(scopes),
      caps: new Set(),
      client: { id: 'cli', mode: 'cli', version: '1', platform: 'test' },
      remoteAddress: '127.0.0.1',
      isLocal: true,
      authMethod: 'token',
      connectedAtMs: 0,
    },
    signal: new AbortController().signal,
    accept: () => {},
  }
}
