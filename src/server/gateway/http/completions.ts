/** `POST /v1/chat/completions`: one question in the OpenAI shape, streamed or whole (section 12). */

import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { errorText, Fault } from '../../../shared/fault.ts'
import { describeIssues } from '../../../shared/protocol/issues.ts'
import { canonicalKey, normalizeAgentId } from '../../../shared/session-key.ts'
import type { Clock } from '../../../shared/std/clock.ts'
import { parseJson } from '../../../shared/std/json.ts'
import { readAs } from '../../../shared/std/read-as.ts'
import type { Ask } from '../server-parts.ts'
import { readBody } from './body.ts'
import { defineRoute, type Route, sendJson } from './route.ts'

const maxBodyBytes = 1024 * 1024

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() })
const completionRequest = z.looseObject({
  model: z.string().max(256).optional(),
  messages: z
    .array(z.looseObject({ role: z.string().max(32), content: z.union([z.string(), z.array(textPart)]).nullish() }))
    .min(1),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  user: z.string().max(256).optional(),
})
type CompletionRequest = z.infer<typeof completionRequest>

type Answer = Awaited<ReturnType<Ask>>

export type CompletionsParts = { ask: Ask; clock: Clock; defaultAgentId: string }

export function completionsRoute({ ask, clock, defaultAgentId }: CompletionsParts): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/chat/completions',
    policy: 'secret',
    handle: async (request, response) => {
      const read = await readCompletion(request)
      if (read.kind === 'refused') {
        response.setHeader('connection', 'close')
        sendError(response, read.status, read.message)
        return
      }
      const agentId = agentOf(request, read.body, defaultAgentId)
      const leaving = new AbortController()
      response.on('close', () => leaving.abort())
      const question = { ...questionOf(read.body), agentId, sessionKey: sessionOf(request, read.body, agentId) }
      const head = describeHead(read.body, clock.now())
      await answer(response, read.body, head, (onText) => ask({ ...question, signal: leaving.signal, onText }))
    },
  })
}

type Read = { kind: 'read'; body: CompletionRequest } | { kind: 'refused'; status: number; message: string }

async function readCompletion(request: IncomingMessage): Promise<Read> {
  const raw = await readBody(request, maxBodyBytes)
  if (raw.kind === 'too-large') return { kind: 'refused', status: 413, message: 'The body may have at most 1 MiB.' }
  if (raw.kind === 'cut' || !isUtf8(raw.bytes)) {
    return { kind: 'refused', status: 400, message: 'The body is not UTF-8 text.' }
  }
  const json = parseJson(raw.bytes.toString())
  if (!json.ok) return { kind: 'refused', status: 400, message: `The body is ${json.reason}.` }
  const parsed = readAs(completionRequest, json.value, { reportInput: true })
  if (!parsed.success) return { kind: 'refused', status: 400, message: describeIssues(parsed.error) }
  return { kind: 'read', body: parsed.data }
}

async function answer(
  response: ServerResponse,
  body: CompletionRequest,
  head: Head,
  run: (onText: (piece: string) => void) => Promise<Answer>,
): Promise<void> {
  try {
    if (body.stream) await streamAnswer(response, head, body.stream_options?.include_usage ?? false, run)
    else sendJson(response, 200, wholeAnswer(head, await run(() => {})))
  } catch (error) {
    if (response.destroyed) return // the caller left, so the run was stopped
    const status = error instanceof Fault && error.code === 'usage.invalid' ? 400 : 502
    if (!response.headersSent) sendError(response, status, errorText(error))
    else response.end(`data: ${JSON.stringify(errorBody(errorText(error)))}\n\n`)
  }
}

/** What every object of one answer repeats. `created` is in seconds. */
type Head = { id: string; created: number; model: string }

function describeHead({ model = 'clawdbot' }: CompletionRequest, now: number): Head {
  return { id: `chatcmpl-${randomUUID()}`, created: Math.floor(now / 1000), model }
}

function wholeAnswer(head: Head, { text, usage, stopReason }: Answer) {
  const message = { role: 'assistant', content: text, refusal: null }
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(stopReason) }],
    usage: usageOf(usage),
  }
}

async function streamAnswer(
  response: ServerResponse,
  head: Head,
  includeUsage: boolean,
  run: (onText: (piece: string) => void) => Promise<Answer>,
): Promise<void> {
  const send = (fields: Record<string, unknown>) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`)
  }
  const choice = (delta: Record<string, unknown>, finish: string | null) =>
    send({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })
  let isFirst = true
  const final = await run((content) => {
    choice(isFirst ? { role: 'assistant', content } : { content }, null)
    isFirst = false
  })
  choice(isFirst ? { role: 'assistant', content: final.text } : {}, finishReason(final.stopReason))
  if (includeUsage) send({ choices: [], usage: usageOf(final.usage) })
  response.end('data: [DONE]\n\n')
}

function questionOf({ messages }: CompletionRequest) {
  const plain = messages.map(({ role, content }) => ({ role, content: plainText(content) }))
  return { text: plain.at(-1)?.content ?? '', messages: plain.slice(0, -1) }
}

function plainText(content: CompletionRequest['messages'][number]['content']): string {
  if (Array.isArray(content)) return content.map(({ text }) => text).join('\n')
  return content ?? ''
}

function agentOf(request: IncomingMessage, { model }: CompletionRequest, defaultAgentId: string): string {
  const header = request.headers['x-clawdbot-agent-id']
  if (typeof header === 'string' && header !== '') return normalizeAgentId(header)
  const named = /^(?:clawdbot|agent):(.+)$/.exec(model ?? '')?.[1]
  return named ? normalizeAgentId(named) : defaultAgentId
}

function sessionOf(request: IncomingMessage, { user }: CompletionRequest, agentId: string): string {
  const header = request.headers['x-clawdbot-session-key']
  if (typeof header === 'string' && header !== '') return canonicalKey(header.slice(0, 512), agentId)
  return user ? `agent:${agentId}:openai-user:${user}` : `agent:${agentId}:openai:${randomUUID()}`
}

function finishReason(stopReason: string | undefined): string {
  return stopReason === 'length' ? 'length' : 'stop'
}

function usageOf(usage: Answer['usage']) {
  const { input = 0, output = 0 } = usage ?? {}
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

function errorBody(message: string) {
  return { error: { message, type: 'invalid_request_error', code: null, param: null } }
}

function sendError(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, errorBody(message))
}
