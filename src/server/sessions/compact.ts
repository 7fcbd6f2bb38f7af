/** What of a long conversation to summarise, and a summary for when no model writes one. Pure. */

import { type Message, messageText } from '../../shared/model/message.ts'
import { ellipsize } from '../../shared/std/text.ts'
import type { Entry } from './record.ts'

export type CompactPlan = {
  /** Summarised messages end with this turn. */
  throughTurn: number
  summarize: Message[]
  /** Messages the model still sees word for word. */
  kept: number
}

/** Keeps the last whole turns of at most `keepMessages` messages, at least one turn. Undefined when nothing is older. */
export function planCompaction(entries: readonly Entry[], keepMessages: number): CompactPlan | undefined {
  const lastTurn = entries.at(-1)?.turn
  let start = entries.length
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i] as Entry
    if (entries.length - i > keepMessages && entry.turn !== lastTurn) break
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
