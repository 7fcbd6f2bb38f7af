/** Approvals of commands over the wire: exec.approval.* (section 7.13). */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import type { HandlerContext, Peer } from '../gateway/context.ts'
import type { Approvals } from '../tools/exec/approvals.ts'

export function execMethods({ approvals }: { approvals: Approvals }): HandlersOf<'exec', HandlerContext> {
  return {
    'exec.approval.request': async ({ id, timeoutMs, ...request }, { signal }) => {
      if (id !== undefined && approvals.has(id)) throw invalidRequest('approval id already pending')
      const asked = {
        ...request,
        ...(id === undefined ? {} : { id }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }
      const answer = await approvals.ask(asked, signal)
      const decision = answer.reason === 'answered' ? answer.decision : null
      return { id: answer.id, decision, createdAtMs: answer.createdAtMs, expiresAtMs: answer.expiresAtMs }
    },
    'exec.approval.resolve': ({ id, decision }, { peer }) => {
      switch (approvals.resolve(id, decision, approverName(peer))) {
        case 'settled':
          return { ok: true }
        case 'invalid':
          throw invalidRequest('invalid decision')
        case 'unknown':
          // Protocol 3 has no code of its own for this; clients match on the text.
          throw new CallError(peer.protocol >= 4 ? 'APPROVAL_NOT_FOUND' : 'INVALID_REQUEST', 'unknown approval id')
      }
    },
    'exec.approval.list': () => ({ approvals: approvals.list() }),
  }
}

/** The approver as the others are told. */
export function approverName({ client, deviceId }: Peer): string {
  return client.displayName ?? (deviceId ? `${client.id} ${deviceId.slice(0, 8)}` : client.id)
}
