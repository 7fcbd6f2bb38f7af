/** How channels read in one line each. Pure. */

import type { Result } from '../shared/protocol/table.ts'
import { isRecord } from '../shared/std/json.ts'

type Facts = {
  /** The gateway's own words, from one of ours. */
  state?: unknown
  configured?: boolean | undefined
  running?: boolean | undefined
  linked?: boolean | undefined
  connected?: boolean | undefined
  lastError?: string | null | undefined
  probe?: unknown
}

/** `connected`, `failed: …`, `starting`, `stopped` or `not configured`. `isProbed`: the service was asked just now. */
export function channelState(facts: Facts, isProbed = false): string {
  const probe = isRecord(facts.probe) ? facts.probe : {}
  const isRefuted = isProbed && probe.ok === false && facts.connected === true
  if (typeof facts.state === 'string' && !isRefuted) return facts.state
  if (facts.lastError) return `failed: ${facts.lastError}`
  if (probe.ok === false)
    return `failed: ${typeof probe.error === 'string' ? probe.error : 'the service does not answer'}`
  if (facts.configured === false) return 'not configured'
  if (facts.connected === true || facts.linked === true || facts.running === true || probe.ok === true)
    return 'connected'
  return facts.running === false ? 'stopped' : 'configured'
}

/** `✅ telegram: connected (@bot, polling)`, or what is wrong and what to do. */
export function channelLine(id: string, facts: Facts, isProbed = false): string {
  const state = channelState(facts, isProbed)
  const mark = /^connected/.test(state) ? '✅' : isFailed(state) ? '❌' : '⚠️ '
  return `${mark} ${id}: ${state}`
}

export function isFailed(state: string): boolean {
  return /^(failed|not configured|stopped)/.test(state)
}

/** `telegram (connected), discord (stopped)`; empty when there are none. */
export function channelSummary({
  channels,
  channelOrder,
}: Pick<Result<'health'>, 'channels' | 'channelOrder'>): string {
  const ids = [...new Set([...channelOrder, ...Object.keys(channels)])]
  return ids
    .map((id) => {
      const facts = channels[id]
      return facts ? `${id} (${channelState(facts)})` : undefined
    })
    .filter((line) => line !== undefined)
    .join(', ')
}
