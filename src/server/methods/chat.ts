/** `chat.*`: history, sending, stopping, injecting. */

import { Fault } from '../../shared/fault.ts'
import type { ImagePart, Message, TextPart, UserMessage } from '../../shared/model/message.ts'
import { hasScope } from '../../shared/protocol/scope.ts'
import type { ParsedParams, Result } from '../../shared/protocol/table.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { HandlerContext, Peer } from '../gateway/context.ts'
import { MissingScope } from '../gateway/refusal.ts'
import { type CommandActions, parseCommand } from '../runs/commands.ts'
import type { Runs, StartRequest } from '../runs/runs.ts'
import { isStopText } from '../runs/stop-words.ts'

/** Largest attachment, decoded (section 7.5). */
const maxAttachmentBytes = 5 * 1024 * 1024

export type ChatParts = {
  runs: Runs
  clock: Clock
  /** What slash commands do, in the caller's name. */
  actions(context: HandlerContext): CommandActions
  /** `ids` are those of the messages, in the same order. */
  history(
    sessionKey: string,
    limit: number,
  ): { sessionId?: string; messages: (Message & { runId?: string })[]; ids: number[]; thinkingLevel?: string }
  inject(sessionKey: string, message: string, label?: string): string
  /** The answer goes to the chat of the session too; false when it belongs to none. */
  deliver(sessionKey: string, runId: string): boolean
}

export function chatMethods(parts: ChatParts): HandlersOf<'chat', HandlerContext> {
  return {
    'chat.history': ({ sessionKey, limit }, { peer }) => {
      const { sessionId, ids, thinkingLevel, ...found } = parts.history(sessionKey, limit ?? 200)
      const messages = needsMarks(peer) ? found.messages.map((message, i) => marked(message, ids[i])) : found.messages
      return { sessionKey, ...(sessionId ? { sessionId } : {}), messages, thinkingLevel: thinkingLevel ?? null }
    },
    'chat.send': (params, context) => send(parts, params, context),
    'chat.abort': ({ sessionKey, runId }) => abort(parts, sessionKey, runId, 'rpc'),
    'chat.inject': ({ sessionKey, message, label }) => ({
      ok: true,
      messageId: parts.inject(sessionKey, message, label),
    }),
  }
}

/** Terminals of protocol 4 know by a mark what they have shown already; without it each reload shows all of it again. */
function needsMarks({ protocol, caps }: Peer): boolean {
  return protocol >= 4 && !caps.has('reattach')
}

/** The mark's name is theirs (section 10). */
function marked(message: Message & { runId?: string }, id: number | undefined): Message {
  const { runId } = message
  const mark = { id: String(id), seq: id, ...(runId === undefined ? {} : { runId }) }
  const whole = { ...message, __openclaw: mark }
  return whole
}

async function send(
  parts: ChatParts,
  params: ParsedParams<'chat.send'>,
  context: HandlerContext,
): Promise<Result<'chat.send'>> {
  const images = readAttachments(params.attachments ?? [])
  if (params.message.trim() === '' && images.length === 0) {
    throw new Fault('usage.invalid', 'message or attachment required')
  }
  if (isStopText(params.message)) return abort(parts, params.sessionKey, undefined, 'stop')
  const request: StartRequest = {
    runId: params.idempotencyKey,
    sessionKey: params.sessionKey,
    message: userMessage(params.message, images, parts.clock.now()),
    source: context.peer.client.id,
    ...(params.thinking ? { thinking: params.thinking } : {}),
    ...(params.timeoutMs ? { timeoutMs: params.timeoutMs } : {}),
  }
  if (context.origin) request.message.origin = context.origin
  if (params.deliver) parts.deliver(params.sessionKey, request.runId)
  const parsed = parseCommand(params.message)
  if (!parsed) return parts.runs.start(request)
  const { command, args } = parsed
  if (!hasScope(context.peer.scopes, command.scope)) throw new MissingScope(command.scope)
  request.message.command = true
  return parts.runs.answer(request, () => command.run(parts.actions(context), params.sessionKey, args))
}

/** Stops runs and answers when their ending has been broadcast and stored. */
async function abort(parts: ChatParts, sessionKey: string, runId: string | undefined, reason: 'rpc' | 'stop') {
  if (runId !== undefined) {
    const owner = parts.runs.sessionOf(runId)
    if (owner !== undefined && owner !== parts.runs.canonicalKey(sessionKey)) {
      throw new Fault('usage.invalid', 'runId does not match sessionKey')
    }
  }
  const runIds = parts.runs.abort(sessionKey, runId, reason)
  await parts.runs.settled(runIds)
  return { ok: true, aborted: runIds.length > 0, runIds }
}

export function userMessage(text: string, images: readonly ImagePart[], timestamp: number): UserMessage {
  if (images.length === 0) return { role: 'user', content: text, timestamp }
  const content: (TextPart | ImagePart)[] = text === '' ? [...images] : [{ type: 'text', text }, ...images]
  return { role: 'user', content, timestamp }
}

/** Images among the attachments; anything else is refused by name rather than dropped. */
export function readAttachments(attachments: NonNullable<ParsedParams<'chat.send'>['attachments']>): ImagePart[] {
  return attachments.map(({ content, mimeType, fileName }, index) => {
    const name = fileName ?? `#${index + 1}`
    if (!content || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(content)) {
      throw new Fault('usage.invalid', `attachment ${name}: content must be base64`)
    }
    if ((content.length * 3) / 4 > maxAttachmentBytes)
      throw new Fault('usage.invalid', `attachment ${name}: exceeds 5 MB`)
    if (!mimeType?.startsWith('image/'))
      throw new Fault('usage.invalid', `attachment ${name}: only images can be attached`)
    return { type: 'image', data: content, mimeType }
  })
}
