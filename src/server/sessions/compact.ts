/** What of a long conversation to summarise, and a summary for when no model writes one. Pure. */

import { type Message, messageText } from '../../shared/model/message.ts'
import { ellipsize } from '../../shared/std/text.ts'
import { estimateTokens } from './history.ts'
import type { Entry } from './record.ts'

export type CompactPlan = {
  /** Summarised messages end with this turn. */
  throughTurn: number
  summarize: Message[]
  /** Messages the model still sees word for word. */
  kept: number
}

/** How much stays word for word: the newest messages, or the newest tokens. */
export type Keep = { keepMessages: number } | { keepTokens: number }

/** Keeps the last whole turns that are no more than that, at least one turn. Undefined when nothing is older. */
export function planCompaction(entries: readonly Entry[], keep: Keep): CompactPlan | undefined {
  const lastTurn = entries.at(-1)?.turn
  let start = entries.length
  let kept = 0
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i] as Entry
    kept += weightOf(entry, keep)
    if (kept > limitOf(keep) && entry.turn !== lastTurn) break
    if (entries[i - 1]?.turn !== entry.turn) start = i
  }
  const throughTurn = entries[start - 1]?.turn
  if (throughTurn === undefined) return undefined
  return {
    throughTurn,
    summarize: entries.slice(0, start).map((entry) => entry.message),
    kept: entries.length - start,
  }
}

const limitOf = (keep: Keep): number => ('keepTokens' in keep ? keep.keepTokens : keep.keepMessages)

const weightOf = ({ message }: Entry, keep: Keep): number => ('keepTokens' in keep ? estimateTokens(message) : 1)

/** Why there is no plan for these. */
export function whyNotCompacted(entries: readonly Entry[], keep: Keep): string {
  if (entries.length === 0) return 'Nothing was said here yet.'
  if (entries.every(({ turn }) => turn === entries[0]?.turn)) {
    return 'There is one message with its answer only, and the newest one always stays as it is.'
  }
  const count = (number: number) => number.toLocaleString('en-US')
  const total = count(entries.reduce((sum, entry) => sum + weightOf(entry, keep), 0))
  return 'keepTokens' in keep
    ? `It is short: about ${total} tokens, and the newest ${count(keep.keepTokens)} stay as they are.`
    : `It is short: ${total} messages, and the newest ${count(keep.keepMessages)} stay as they are.`
}

/** The beginnings of what was asked and answered, at most `limit` UTF-16 units, the newest kept. */
export function plainSummary(messages: readonly Message[], limit = 6000): string {
  const lines: string[] = []
  let length = 0
  for (const message of messages.toReversed()) {
    if (message.role === 'toolResult') continue
    const text = messageText(message.content).replace(/\s+/g, ' ').trim()
    if (text === '') continue
    const line = `${message.role === 'user' ? 'User' : 'Assistant'}: ${ellipsize(text, 240)}`
    length += line.length + 1
    if (length > limit) break
    lines.push(line)
  }
  return lines.toReversed().join('\n')
}
