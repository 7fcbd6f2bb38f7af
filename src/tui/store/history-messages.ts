/** Transcript items → history messages, the opposite of history.ts: for keeping what is on screen until the next start. Pure. */

import type { HistoryMessage } from '../gateway/port.ts'
import type { Item, ReplyItem, ToolItem } from './item.ts'

/** The newest items as messages, oldest first: as many as `limitBytes` of text hold, at least one. */
export function itemMessages(items: readonly Item[], limitBytes: number): HistoryMessage[] {
  const messages: HistoryMessage[] = []
  let size = 0
  for (const item of items.toReversed()) {
    size += sizeOf(item)
    if (size > limitBytes && messages.length > 0) break
    messages.unshift(...messagesOf(item))
  }
  return messages
}

/** UTF-16 units; what else is in a message hardly counts. */
function sizeOf(item: Item): number {
  return item.kind === 'tool' ? JSON.stringify(item.args).length + item.output.length : item.text.length
}

function messagesOf(item: Item): HistoryMessage[] {
  const common = {
    ...(item.runId === undefined ? {} : { runId: item.runId }),
    ...(item.at === undefined ? {} : { timestamp: item.at }),
  }
  switch (item.kind) {
    case 'question':
      // What was never sent is in the outbox.
      return item.delivery === 'sent'
        ? [{ role: 'user', content: item.text, ...(item.origin && { origin: item.origin }), ...common }]
        : []
    case 'reply':
      return [replyMessage(item, common)]
    case 'thought':
      return [{ role: 'assistant', content: [{ type: 'thinking', thinking: item.text }], ...common }]
    case 'tool':
      return toolMessages(item, common)
    case 'note':
      return [{ role: 'system', content: item.text, ...common }]
  }
}

const stopReasons = {
  open: 'interrupted',
  interrupted: 'interrupted',
  stopped: 'aborted',
  failed: 'error',
  cut: 'length',
} as const

function replyMessage({ text, ending, problem, model }: ReplyItem, common: object): HistoryMessage {
  return {
    role: 'assistant',
    content: text === '' ? [] : [{ type: 'text', text }],
    ...(ending === 'done' ? {} : { stopReason: stopReasons[ending] }),
    ...(problem === undefined ? {} : { errorMessage: problem }),
    ...(model === undefined ? {} : { model }),
    ...common,
  }
}

function toolMessages(item: ToolItem, common: object): HistoryMessage[] {
  const { id, name, args, status, output, where, cwd, exitCode, durationMs, isTruncated } = item
  const call = { role: 'assistant', content: [{ type: 'toolCall', id, name, arguments: args }], ...common }
  if (status === 'running') return [call]
  const facts = { where, cwd, exitCode, durationMs, status, ...(isTruncated ? { truncated: true } : {}) }
  const details = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  const content = [{ type: 'text', text: output }]
  const isError = status === 'failed'
  return [call, { role: 'toolResult', toolCallId: id, toolName: name, content, details, isError, ...common }]
}
