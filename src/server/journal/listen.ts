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
      const { id, decision, resolvedBy } = news.payload
      return { what: 'approval.answered', facts: { id, decision, by: resolvedBy } }
    }
    default:
      return undefined
  }
}

/** A command that was run, or was not allowed to: told by its result. */
function commandOf({ run, data }: Extract<News, { type: 'run.tool' }>): Noted | undefined {
  if (data.phase !== 'result' || data.name !== 'exec' || !isRecord(data.result)) return undefined
  const { details } = data.result
  if (!isRecord(details)) return undefined
  const { command, cwd, where, status, exitCode } = details
  const facts = { runId: run.runId, sessionKey: run.canonicalKey, command, cwd, where, status, exitCode }
  return { what: status === 'denied' ? 'exec.denied' : 'exec.ran', facts }
}
