/** From stored messages to messages a model accepts. Pure. */

import type {
  AssistantMessage,
  Message,
  ToolCallPart,
  ToolDetails,
  ToolResultMessage,
} from '../../shared/model/message.ts'
import { byteLength } from '../../shared/std/text.ts'

/** Rough tokens of a message; providers count exactly. Images have a flat price. */
export function estimateTokens({ content }: Message): number {
  if (typeof content === 'string') return 4 + textTokens(content)
  return content.reduce((sum, part) => {
    if (part.type === 'image') return sum + 1200
    return sum + textTokens(part.type === 'text' ? part.text : JSON.stringify(part))
  }, 4)
}

/** Latin text is about four bytes to a token, Japanese about three: bytes serve both. */
function textTokens(text: string): number {
  return Math.ceil(byteLength(text) / 3.5)
}

/**
 * Messages every provider takes: each tool call is followed by exactly one result, no result lacks its call, and no
 * answer is empty. A call without a result gets one that says it was interrupted.
 */
export function validForModel(messages: readonly Message[]): Message[] {
  const valid: Message[] = []
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i] as Message
    if (message.role === 'toolResult') continue // taken together with its call below
    if (message.role === 'assistant' && message.content.length === 0) continue
    valid.push(message)
    if (message.role !== 'assistant') continue
    const results = resultsAfter(messages, i)
    for (const call of toolCalls(message))
      valid.push(results.get(call.id) ?? interruptedResult(call, message.timestamp))
  }
  return valid
}

function resultsAfter(messages: readonly Message[], index: number): Map<string, ToolResultMessage> {
  const results = new Map<string, ToolResultMessage>()
  for (let i = index + 1; i < messages.length; i++) {
    const message = messages[i]
    if (message?.role === 'assistant') break
    if (message?.role === 'toolResult') results.set(message.toolCallId, message)
  }
  return results
}

function toolCalls(message: AssistantMessage): ToolCallPart[] {
  return message.content.filter((part) => part.type === 'toolCall')
}

/** Calls among `messages` that no result follows. */
export function openCalls(messages: readonly Message[]): ToolCallPart[] {
  const answered = new Set(messages.flatMap((message) => (message.role === 'toolResult' ? [message.toolCallId] : [])))
  return messages
    .flatMap((message) => (message.role === 'assistant' ? toolCalls(message) : []))
    .filter((call) => !answered.has(call.id))
}

/** What closes a call whose outcome nobody knows. `noted` is the last that is known of it. */
export function interruptedResult(call: ToolCallPart, timestamp: number, noted: CallNote = {}): ToolResultMessage {
  const { phase, ...facts } = noted
  return {
    role: 'toolResult',
    toolCallId: call.id,
    toolName: call.name,
    content: [{ type: 'text', text: interruptedWords(phase) }],
    details: {
      ...facts,
      status: 'interrupted',
      ...((phase === 'approval' || phase === 'queued') && { didRun: false }),
    },
    isError: true,
    timestamp,
  }
}

/** A call `queued` behind another one was not begun. */
export type CallNote = Omit<ToolDetails, 'phase'> & { phase?: ToolDetails['phase'] | 'queued' }

/** Only what is sure not to have begun is called that. */
function interruptedWords(phase: CallNote['phase']): string {
  switch (phase) {
    case 'queued':
      return 'It was not run: the gateway stopped before its turn came.'
    case 'approval':
      return 'It was not run: the gateway stopped while it waited for approval.'
    default:
      return 'Interrupted: the gateway stopped before this finished. It may have run in part.'
  }
}

/** `turns` newest first: the oldest one that still fits `budgetTokens` together with all newer ones; at least the newest. */
export function oldestFitting(
  turns: readonly { turn: number; tokens: number }[],
  budgetTokens: number,
): number | undefined {
  let left = budgetTokens
  let oldest = turns[0]?.turn
  for (const { turn, tokens } of turns) {
    left -= tokens
    if (left < 0) break
    oldest = turn
  }
  return oldest
}
