/** History messages → transcript items. Pure and total: a message we do not understand is skipped, never a crash. */

import { isRecord } from '../../shared/std/json.ts'
import type { HistoryMessage } from '../gateway/port.ts'
import type { Ending, Item, QuestionItem, ReplyItem, ToolItem, ToolStatus } from './item.ts'

/** Items of a whole history, oldest first. Tool results join the call they answer. */
export function historyItems(messages: readonly HistoryMessage[]): Item[] {
  const items: Item[] = []
  const calls = new Map<string, number>()
  for (const [index, message] of messages.entries()) {
    if (message.role === 'toolResult') addResult(items, calls, message, index)
    else {
      for (const item of messageItems(message, index)) {
        if (item.kind === 'tool') calls.set(item.id, items.length)
        items.push(item)
      }
    }
  }
  return items.map(closeCall)
}

/**
 * The run a message belongs to, when its gateway tells: ours by `runId`; protocol 4 ones by `idempotencyKey` on the
 * question (with the role appended) and in their own block on the answer.
 */
function messageRunId(message: HistoryMessage): string | undefined {
  const { runId, idempotencyKey, __openclaw: block } = message
  if (typeof runId === 'string') return runId
  if (typeof idempotencyKey === 'string') return idempotencyKey.replace(/:user$/, '')
  return isRecord(block) && typeof block.runId === 'string' ? block.runId : undefined
}

function messageItems(message: HistoryMessage, index: number): Item[] {
  const common = commonOf(message)
  const id = `h${index}`
  if (message.role === 'user') {
    const origin = originOf(message)
    return [{ kind: 'question', id, text: partsText(message.content), delivery: 'sent', ...origin, ...common }]
  }
  if (message.role === 'assistant') return assistantItems(message, id, common)
  const text = partsText(message.content)
  return text === '' ? [] : [{ kind: 'note', id, text, tone: 'info', ...common }]
}

function assistantItems(message: HistoryMessage, id: string, common: Common): Item[] {
  const parts = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content
  const items: Item[] = []
  for (const [at, part] of (Array.isArray(parts) ? parts : []).entries()) {
    const item = partItem(part, `${id}.${at}`, common)
    if (item) items.push(item)
  }
  return withEnding(items, message, id, common)
}

function partItem(part: unknown, id: string, common: Common): Item | undefined {
  if (!isRecord(part)) return undefined
  if (part.type === 'text' && typeof part.text === 'string' && part.text.trim() !== '') {
    return { kind: 'reply', id, text: part.text, ending: 'done', ...common }
  }
  if (part.type === 'thinking' && typeof part.thinking === 'string' && part.thinking.trim() !== '') {
    return { kind: 'thought', id, text: part.thinking, isOpen: false, ...common }
  }
  if (part.type !== 'toolCall' || typeof part.id !== 'string') return undefined
  return {
    kind: 'tool',
    id: part.id,
    name: typeof part.name === 'string' ? part.name : 'tool',
    args: isRecord(part.arguments) ? part.arguments : {},
    status: 'running',
    output: '',
    ...common,
  }
}

/** The message's ending is shown on its last reply; a message that broke before its first word gets an empty one. */
function withEnding(items: Item[], message: HistoryMessage, id: string, common: Common): Item[] {
  const ending = endingOf(message.stopReason)
  const problem = typeof message.errorMessage === 'string' ? message.errorMessage : undefined
  const model = modelOf(message)
  const last = items.findLastIndex((item) => item.kind === 'reply')
  const extra = { ...(problem === undefined ? {} : { problem }), ...(model === undefined ? {} : { model }) }
  if (last >= 0) items[last] = { ...(items[last] as ReplyItem), ending, ...extra }
  else if (ending !== 'done') items.push({ kind: 'reply', id, text: '', ending, ...extra, ...common })
  return items
}

function endingOf(stopReason: unknown): Ending {
  if (stopReason === 'aborted') return 'stopped'
  if (stopReason === 'interrupted') return 'interrupted'
  if (stopReason === 'length') return 'cut'
  return stopReason === 'error' ? 'failed' : 'done'
}

function modelOf({ provider, model }: HistoryMessage): string | undefined {
  if (typeof model !== 'string') return undefined
  return typeof provider === 'string' ? `${provider}/${model}` : model
}

function addResult(items: Item[], calls: Map<string, number>, message: HistoryMessage, index: number): void {
  const at = calls.get(String(message.toolCallId))
  const name = typeof message.toolName === 'string' ? message.toolName : 'tool'
  const call = at === undefined ? undefined : (items[at] as ToolItem)
  const open: ToolItem = call ?? {
    kind: 'tool',
    id: `h${index}`,
    name,
    args: {},
    status: 'running',
    output: '',
    ...commonOf(message),
  }
  const done = withResult(open, message.content, message.details, message.isError === true)
  if (at === undefined) items.push(done)
  else items[at] = done
}

/** The call with what its tool answered. `details` is read as far as it is understood. */
export function withResult(call: ToolItem, content: unknown, details: unknown, isError: boolean): ToolItem {
  return { ...withDetails(call, details), output: partsText(content), status: statusOf(details, isError) }
}

/** The call with the facts of `details`; its status and output stay. */
export function withDetails(call: ToolItem, details: unknown): ToolItem {
  if (!isRecord(details)) return call
  const { where, cwd, exitCode, durationMs, truncated, phase } = details
  return {
    ...call,
    ...(typeof where === 'string' ? { where } : {}),
    ...(typeof cwd === 'string' ? { cwd } : {}),
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
    ...(typeof durationMs === 'number' ? { durationMs } : {}),
    ...(truncated === true ? { isTruncated: true } : {}),
    ...(typeof phase === 'string' ? { isAsking: phase === 'approval' } : {}),
  }
}

const statuses: readonly ToolStatus[] = ['completed', 'failed', 'denied', 'aborted', 'timeout', 'interrupted']

function statusOf(details: unknown, isError: boolean): ToolStatus {
  const told = isRecord(details) ? statuses.find((status) => status === details.status) : undefined
  if (told !== undefined && !(told === 'completed' && isError)) return told
  return isError ? 'failed' : 'completed'
}

/** A call without its answer in history never got one. The run that is still going brings its own live items. */
function closeCall(item: Item): Item {
  return item.kind === 'tool' && item.status === 'running' ? { ...item, status: 'interrupted' } : item
}

type Common = { runId?: string; at?: number }

/** Who wrote it from a chat service, as the gateway tells. */
function originOf({ origin }: HistoryMessage): Pick<QuestionItem, 'origin'> {
  if (!isRecord(origin) || typeof origin.channel !== 'string' || typeof origin.name !== 'string') return {}
  return { origin: { channel: origin.channel, name: origin.name } }
}

function commonOf(message: HistoryMessage): Common {
  const runId = messageRunId(message)
  return {
    ...(runId === undefined ? {} : { runId }),
    ...(typeof message.timestamp === 'number' ? { at: message.timestamp } : {}),
  }
}

/** The text parts joined; a picture is named. */
export function partsText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const texts = content.map((part: unknown) => {
    if (!isRecord(part)) return ''
    if (part.type === 'text' && typeof part.text === 'string') return part.text
    return part.type === 'image' ? '[picture]' : ''
  })
  return texts.filter((text) => text !== '').join('\n')
}
