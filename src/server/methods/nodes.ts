/** Device nodes (section 7.11). Being approved as a device lets a node connect; what it may be asked is approved here (PA10). */

import { createHash } from 'node:crypto'
import { nodeOutputCap } from '../../shared/protocol/connect.ts'
import { describeIssues } from '../../shared/protocol/issues.ts'
import { hasScope } from '../../shared/protocol/scope.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { isRecord, parseJson } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'
import { invalidRequest } from '../gateway/call-error.ts'
import type { HandlerContext, Peer } from '../gateway/context.ts'
import type { DeviceBook } from '../gateway/device-book.ts'
import { MissingScope } from '../gateway/refusal.ts'
import type { NodeAnswer, ProgressPiece } from '../nodes/invocations.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { type RunRequest, runParams } from '../nodes/run-on-node.ts'

/** What decides about commands to come is for those who decide about everything. */
const forAdmins = new Set(['system.execApprovals.get', 'system.execApprovals.set', 'browser.proxy'])

export function nodesMethods(parts: {
  nodes: Nodes
  devices: DeviceBook
  clock: Clock
  /** Runs a program on a node as far as policy and people allow. */
  run(request: RunRequest): Promise<NodeAnswer>
}): HandlersOf<'nodes', HandlerContext> {
  const { nodes, devices, clock, run } = parts
  const { roster, calls } = nodes
  return {
    'node.list': () => ({ ts: clock.now(), nodes: roster.list() }),
    'node.describe': ({ nodeId }) => {
      const node = roster.find(nodeId)
      if (!node) throw invalidRequest('unknown nodeId')
      return { ts: clock.now(), ...node }
    },
    'node.rename': ({ nodeId, displayName }) => ({ nodeId, displayName: roster.rename(nodeId, displayName) }),
    'node.invoke': async ({ nodeId, command, params, timeoutMs, idempotencyKey }, { peer, signal }) => {
      if (forAdmins.has(command)) requireAdmin(peer)
      const by = nameOf(peer)
      // A line command makes one connection for its call: Ctrl+C ends both, and with them what the node does.
      const whileHere = peer.client.mode === 'cli' ? signal : undefined
      const onProgress = peer.caps.has(nodeOutputCap)
        ? (piece: ProgressPiece) => nodes.told(peer.connId, { nodeId, idempotencyKey, ...piece })
        : undefined
      const onPhase = (phase: 'approval' | 'running') => {
        const asking = { chunk: '', isAsking: true, asker: 'gateway' } as const
        if (phase === 'approval' && onProgress) nodes.told(peer.connId, { nodeId, idempotencyKey, ...asking })
      }
      const answer =
        command === 'system.run'
          ? await run({
              ...runOf(params),
              nodeId,
              idempotencyKey,
              by,
              isApprover: hasScope(peer.scopes, 'approvals'),
              onProgress,
              onPhase,
              signal: whileHere,
            })
          : await calls.invoke({ nodeId, command, params, timeoutMs, idempotencyKey, by, signal: whileHere })
      return { ok: true, nodeId, command, ...answer }
    },
    'node.invoke.result': ({ id, nodeId, ...result }, { peer }) =>
      calls.answered(peer, nodeId, id, result) ? { ok: true } : { ok: true, ignored: true },
    'node.invoke.progress': (piece, { peer }) =>
      calls.progressed(peer, piece) ? { ok: true } : { ok: true, ignored: true },
    'node.event': ({ event, payload, payloadJSON }, { peer }) => {
      const isReport = event.startsWith('exec.')
      const handled = isReport && calls.reported(peer, event, runIdOf(payload, payloadJSON))
      // A node that speaks for its user, or starts runs by itself, is not listened to (PA9).
      return { ok: true, event, handled, ...(handled ? {} : { reason: isReport ? 'not-asked' : 'not-supported' }) }
    },
    'skills.bins': () => ({ bins: [] }),
    'node.pair.list': () => roster.pairs(),
    'node.pair.request': ({ nodeId, ...claimed }) => {
      const { caps = [], commands = [], ...facts } = claimed
      return { status: 'pending', ...roster.request(nodeId, { ...facts, caps, commands }) }
    },
    'node.pair.approve': ({ requestId }, { peer }) => {
      requireAdmin(peer)
      const node = roster.approve(requestId, nameOf(peer))
      if (!node) throw invalidRequest('unknown requestId')
      return { requestId, node }
    },
    'node.pair.reject': ({ requestId }) => {
      const request = roster.reject(requestId)
      if (!request) throw invalidRequest('unknown requestId')
      return { requestId, nodeId: request.nodeId }
    },
    'node.pair.remove': ({ nodeId }, { peer }) => {
      requireAdmin(peer)
      if (!roster.remove(nodeId, nameOf(peer))) throw invalidRequest('unknown nodeId')
      return { nodeId }
    },
    'node.pair.verify': ({ nodeId, token }) => {
      const digest = createHash('sha256').update(token).digest()
      const node = devices.verify(nodeId, 'node', digest) && roster.pair(nodeId)
      return node ? { ok: true, node } : { ok: false }
    },
  }
}

function runOf(params: unknown): Pick<RunRequest, 'argv' | 'cwd' | 'env' | 'timeoutMs' | 'agentId' | 'sessionKey'> {
  const parsed = readAs(runParams, params ?? {}, { reportInput: true })
  if (!parsed.success) throw invalidRequest(`invalid system.run params: ${describeIssues(parsed.error)}`)
  const { command: argv, cwd, env, timeoutMs, agentId, sessionKey } = parsed.data
  const facts = { cwd: cwd ?? undefined, env: env ?? undefined, timeoutMs: timeoutMs ?? undefined }
  return { argv, ...facts, agentId: agentId ?? undefined, sessionKey: sessionKey ?? undefined }
}

function runIdOf(payload: unknown, payloadJSON: string | null | undefined): string | undefined {
  const parsed = typeof payloadJSON === 'string' ? parseJson(payloadJSON) : undefined
  const facts = payload ?? (parsed?.ok ? parsed.value : undefined)
  return isRecord(facts) && typeof facts.runId === 'string' ? facts.runId.slice(0, 128) : undefined
}

function requireAdmin(peer: Peer): void {
  if (!hasScope(peer.scopes, 'admin')) throw new MissingScope('admin')
}

function nameOf({ deviceId, client }: Peer): string {
  return deviceId ?? client.id
}
