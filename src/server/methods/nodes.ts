/** Device nodes: the lists are empty until nodes are built; every other call is refused with the ecosystem's words (section 7.11). */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import type { HandlerContext } from '../gateway/context.ts'

export function nodesMethods({ clock }: { clock: Clock }): HandlersOf<'nodes', HandlerContext> {
  const unknownNode = () => {
    throw invalidRequest('unknown nodeId')
  }
  const unknownRequest = () => {
    throw invalidRequest('unknown requestId')
  }
  return {
    'node.list': () => ({ ts: clock.now(), nodes: [] }),
    'node.describe': unknownNode,
    'node.rename': unknownNode,
    'node.invoke': () => {
      throw new CallError('UNAVAILABLE', 'node not connected', { details: { code: 'NOT_CONNECTED' } })
    },
    // Nothing was asked of this node, so whatever it answers is late or foreign.
    'node.invoke.result': () => ({ ok: true, ignored: true }),
    'node.event': () => ({ ok: true }),
    'skills.bins': () => ({ bins: [] }),
    'node.pair.list': () => ({ pending: [], paired: [] }),
    'node.pair.request': () => {
      throw new CallError('UNAVAILABLE', 'this gateway pairs nodes as devices: connect with role node instead')
    },
    'node.pair.approve': unknownRequest,
    'node.pair.reject': unknownRequest,
  }
}
