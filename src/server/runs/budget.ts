/** How much history fits a model's context window, and what gives way when a single turn does not. Pure. */

import type { Message, ToolResultMessage } from '../../shared/model/message.ts'
import type { ToolSpec } from '../providers/provider.ts'
import { estimateTokens } from '../sessions/history.ts'

/** Assumed of a model nobody described. */
export const defaultContextTokens = 128_000
/** Kept free for the answer when nobody says how long it may be: an eighth of the window, at most this. */
const largestReserve = 16_000
/** Estimates err; what a provider counts may be this much more. */
const safety = 0.9

export type Window = {
  contextTokens?: number | undefined
  maxOutputTokens?: number | undefined
  system: string
  tools: readonly ToolSpec[]
}

/** Tokens left for messages; never less than a quarter of the window, so that small windows still hold the last turn. */
export function historyBudget({
  contextTokens = defaultContextTokens,
  maxOutputTokens,
  system,
  tools,
}: Window): number {
  const reserve = Math.min(maxOutputTokens ?? largestReserve, largestReserve, contextTokens / 8)
  const fixed = estimateTokens({ role: 'user', content: system + JSON.stringify(tools), timestamp: 0 })
  return Math.floor(Math.max((contextTokens - reserve - fixed) * safety, contextTokens / 4))
}

const shortened = '(cut to save room; run it again if it is needed)'

/**
 * The same messages with the oldest tool results shortened until they fit; the newest results stay as long as possible.
 * Whole turns are dropped before this, where the history is read: here is what remains, a turn too long by itself.
 */
export function fitResults(messages: readonly Message[], budgetTokens: number): readonly Message[] {
  let excess = messages.reduce((sum, message) => sum + estimateTokens(message), 0) - budgetTokens
  if (excess <= 0) return messages
  return messages.map((message) => {
    if (excess <= 0 || message.role !== 'toolResult') return message
    const shorter: ToolResultMessage = { ...message, content: [{ type: 'text', text: shortened }] }
    const saved = estimateTokens(message) - estimateTokens(shorter)
    if (saved <= 0) return message
    excess -= saved
    return shorter
  })
}
