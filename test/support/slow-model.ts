/** FAKE model service in the OpenAI format, over HTTP, whose replies arrive piece by piece at the pace a test sets. */

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

/** One moment of a reply: a piece of text, milliseconds to wait, a tool call, or a promise to wait for. */
export type Beat = string | number | { tool: string; args: Record<string, unknown> } | Promise<unknown>

export type Asked = {
  /** The last message of the conversation, as text; empty after a tool's result. */
  question: string
  messages: readonly { role: string; content: unknown }[]
  model: string
}

export type SlowModel = AsyncDisposable & {
  baseUrl: string
  /** Every question it got, oldest first. */
  asked: Asked[]
  /** Replies whose reader went away before their end. */
  readonly left: number
  /** Configuration of a gateway that uses it, with every message. */
  config(more?: Record<string, unknown>): Record<string, unknown>
}

export async function slowModel(answer: (asked: Asked) => Iterable<Beat>): Promise<SlowModel> {
  const asked: Asked[] = []
  let left = 0
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'list', data: ['slow', 'other'].map((id) => ({ id, object: 'model' })) }))
      return
    }
    const body = (await json(request)) as { model: string; messages: Asked['messages'] }
    const now = { messages: body.messages, model: body.model, question: questionOf(body.messages) }
    asked.push(now)
    response.once('close', () => response.writableFinished || left++)
    await play(response, body.model, answer(now))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    baseUrl,
    asked,
    get left() {
      return left
    },
    config: (more = {}) => ({
      agents: { defaults: { model: 'stand-in/slow' } },
      models: {
        providers: { 'stand-in': { baseUrl, apiKey: 'none', models: [{ id: 'slow' }, { id: 'other' }] } },
      },
      ...more,
    }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Words of a text as pieces, the white space with them. */
export function words(text: string, everyMs = 0): Beat[] {
  const pieces = text.match(/\S+\s*/g) ?? []
  return everyMs === 0 ? pieces : pieces.flatMap((piece) => [piece, everyMs])
}

function questionOf(messages: Asked['messages']): string {
  const last = messages.at(-1)
  if (last?.role !== 'user') return ''
  if (typeof last.content === 'string') return last.content
  return (last.content as { text?: string }[]).map(({ text = '' }) => text).join('')
}

async function play(response: ServerResponse, model: string, beats: Iterable<Beat>): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const chunk = (delta: Record<string, unknown>, reason: string | null = null) => {
    const choices = [{ index: 0, delta, finish_reason: reason }]
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, choices })}\n\n`,
    )
  }
  let calls = 0
  chunk({ role: 'assistant', content: '' })
  for (const beat of beats) {
    if (response.destroyed) return
    if (typeof beat === 'number') await pause(beat)
    else if (beat instanceof Promise) await beat
    else if (typeof beat === 'string') chunk({ content: beat })
    else {
      const call = { name: beat.tool, arguments: JSON.stringify(beat.args) }
      chunk({ tool_calls: [{ index: calls, id: `call_${Date.now()}_${calls++}`, type: 'function', function: call }] })
    }
  }
  chunk({}, calls > 0 ? 'tool_calls' : 'stop')
  response.end('data: [DONE]\n\n')
}
