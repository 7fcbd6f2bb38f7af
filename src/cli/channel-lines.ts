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
  const mark = isConnected(state) ? '✅' : isFailed(state) ? '❌' : '⚠️ '
  return `${mark} ${id}: ${state}`
}

const isConnected = (state: string): boolean => /^connected/.test(state)

export function isFailed(state: string): boolean {
  return /^(failed|not configured|stopped)/.test(state)
}

type Health = Pick<Result<'health'>, 'channels' | 'channelOrder'>

/** `telegram (connected), discord (stopped)`; empty when there are none. */
export const channelSummary = (health: Health): string => summaryOf(listed(health), channelState)

/** `✅ Channels: telegram (connected)` for those that work, then a line for each that does not; `channels status` tells more. */
export function healthLines(health: Health): string[] {
  const all = listed(health)
  const working = all.filter(([, facts]) => isConnected(channelState(facts)))
  const others = all.filter((one) => !working.includes(one))
  return [
    ...(working.length > 0 ? [`✅ Channels: ${summaryOf(working, () => 'connected')}`] : []),
    ...others.map(([id, facts]) => channelLine(id, facts)),
  ]
}

function listed({ channels, channelOrder }: Health): (readonly [id: string, facts: Facts])[] {
  const ids = [...new Set([...channelOrder, ...Object.keys(channels)])]
  return ids.flatMap((id) => (channels[id] ? [[id, channels[id]] as const] : []))
}

const summaryOf = (some: readonly (readonly [id: string, facts: Facts])[], say: (facts: Facts) => string): string =>
  some.map(([id, facts]) => `${id} (${say(facts)})`).join(', ')
