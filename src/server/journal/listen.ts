/** Writes what the bus tells into the journal: pairing, approvals, and commands that ran. */

import { isRecord } from '../../shared/std/json.ts'
import type { Bus, News } from '../bus.ts'
import type { Journal } from './journal.ts'

type Noted = { readonly what: string; readonly facts: Record<string, unknown> }

/** The result stops it. */
export function keepJournal(bus: Bus, journal: Pick<Journal, 'note'>): () => void {
  return bus.subscribe((news) => {
    const noted = entryOf(news)
    if (noted) journal.note(noted.what, noted.facts)
  })
}

/** What of the news belongs into the journal. Pure. */
export function entryOf(news: News): Noted | undefined {
  if (news.type === 'run.tool') return commandOf(news)
  if (news.type !== 'wire') return undefined
  switch (news.event) {
    case 'device.pair.requested': {
      const { requestId, deviceId, displayName, role, scopes, remoteIp } = news.payload
      return { what: 'pairing.requested', facts: { requestId, deviceId, displayName, role, scopes, from: remoteIp } }
    }
    case 'device.pair.resolved': {
      const { requestId, deviceId, decision } = news.payload
      return { what: `pairing.${decision}`, facts: { requestId, deviceId } }
    }
    case 'node.pair.requested': {
      const { requestId, nodeId, displayName, commands, remoteIp } = news.payload
      return { what: 'node.requested', facts: { requestId, nodeId, node: displayName, commands, from: remoteIp } }
    }
    case 'node.pair.resolved': {
      const { requestId, nodeId, decision } = news.payload
      return { what: `node.${decision}`, facts: { requestId, nodeId } }
    }
    case 'channels.pairing.requested': {
      const { channel, id, name, username } = news.payload
      return { what: 'channel.pairing-requested', facts: { channel, sender: id, name, username } }
    }
    case 'channels.pairing.resolved': {
      const { channel, id, decision } = news.payload
      return { what: `channel.pairing-${decision}`, facts: { channel, sender: id } }
    }
    case 'exec.approval.requested': {
      const { id, request } = news.payload
      const { command, cwd, where, agentId, sessionKey } = request
      return { what: 'approval.asked', facts: { id, command, cwd, where, agentId, sessionKey } }
    }
    case 'exec.approval.resolved': {
      const { id, decision, resolvedBy: by } = news.payload
      // Nobody did: the time ran out, or whoever asked is gone.
      if (by == null) return { what: 'approval.unanswered', facts: { id, decision } }
      return { what: 'approval.answered', facts: { id, decision, by } }
    }
    default:
      return undefined
  }
}

/** A command that was run, or was not allowed to: told by its result. */
function commandOf({ run, data }: Extract<News, { type: 'run.tool' }>): Noted | undefined {
  if (data.phase !== 'result' || !isRecord(data.result) || !isRecord(data.result.details)) return undefined
  return commandEntry({
    runId: run.runId,
    key: run.canonicalKey,
    name: String(data.name),
    details: data.result.details,
  })
}

/** `key` is that of the session, `details` those of the result. Pure. */
export function commandEntry(call: {
  runId: string
  key: string
  name: string
  details: Record<string, unknown>
}): Noted | undefined {
  const { runId, key: sessionKey, name, details } = call
  if (name !== 'exec') return undefined
  const { command, cwd, where, status, exitCode } = details
  return { what: commandKind(details), facts: { runId, sessionKey, command, cwd, where, status, exitCode } }
}

function commandKind({ status, didRun }: Record<string, unknown>): string {
  if (status === 'denied') return 'exec.denied'
  if (didRun === false) return 'exec.not-run'
  return status === 'interrupted' ? 'exec.interrupted' : 'exec.ran'
}
