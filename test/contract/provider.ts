/** The contract of the `Provider` port: every provider passes it, the scripted fake and the built-in guide included. */

import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Chunk, Provider, ProviderRequest } from '../../src/server/providers/provider.ts'
import { defineTool, textOutcome, toolSpec } from '../../src/server/tools/tool.ts'
import type { AssistantMessage, Message } from '../../src/shared/model/message.ts'

/** A provider ready to answer: `hello` with several words, `run uptime` with a call of `exec`, a tool's result with text. */
export type OpenProvider = AsyncDisposable & { provider: Provider; model: string }

const exec = toolSpec(
  defineTool({
    name: 'exec',
    description: 'Runs a command.',
    params: z.object({ command: z.string() }),
    risk: 'exec',
    run: async () => textOutcome('', {}),
  }),
)

export function ask(model: string, ...messages: (string | Message)[]): ProviderRequest {
  return {
    model,
    system: 'You are helpful.',
    messages: messages.map((m) => (typeof m === 'string' ? { role: 'user', content: m, timestamp: 0 } : m)),
    tools: [exec],
    thinking: 'off',
  }
}

export async function collect(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

export function textOf(chunks: readonly Chunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('')
}

const never = new AbortController().signal

export function providerContract(name: string, open: () => Promise<OpenProvider>): void {
  describe(`${name} keeps the provider contract`, () => {
    test('it answers in pieces of text and then ends, once', async () => {
      await using opened = await open()
      const chunks = await collect(opened.provider.stream(ask(opened.model, 'hello'), never))
      expect(chunks.at(-1)).toMatchObject({ type: 'end', stopReason: 'stop' })
      expect(chunks.filter(({ type }) => type === 'end')).toHaveLength(1)
      expect(chunks.filter(({ type }) => type === 'text').length).toBeGreaterThan(1)
      expect(chunks.every((chunk) => chunk.type !== 'text' || chunk.text.length > 0)).toBe(true)
    })

    test('it asks for a tool with whole arguments, and ends with toolUse', async () => {
      await using opened = await open()
      const chunks = await collect(opened.provider.stream(ask(opened.model, 'run uptime'), never))
      const calls = chunks.filter(({ type }) => type === 'toolCall')
      expect(calls).toHaveLength(1)
      expect(calls).toMatchObject([
        { type: 'toolCall', id: expect.stringMatching(/./), name: 'exec', arguments: { command: 'uptime' } },
      ])
      expect(chunks.at(-1)).toMatchObject({ type: 'end', stopReason: 'toolUse' })
    })

    test('it answers with text once the tool has its result', async () => {
      await using opened = await open()
      const asked = await collect(opened.provider.stream(ask(opened.model, 'run uptime'), never))
      const request = ask(opened.model, 'run uptime', ...answered(asked))
      const chunks = await collect(opened.provider.stream(request, never))
      expect(textOf(chunks)).not.toBe('')
      expect(chunks.at(-1)).toMatchObject({ type: 'end', stopReason: 'stop' })
    })

    test('it takes a history with images, thinking of another model and a reply that was cut short', async () => {
      await using opened = await open()
      const { provider, model } = opened
      const cut: AssistantMessage = {
        role: 'assistant',
        provider: 'someone-else',
        model: 'other',
        content: [
          { type: 'thinking', thinking: 'hm', thinkingSignature: 'theirs' },
          { type: 'text', text: 'It is' },
        ],
        stopReason: 'aborted',
        timestamp: 0,
      }
      const picture: Message = {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
        ],
        timestamp: 0,
      }
      const chunks = await collect(provider.stream(ask(model, picture, cut, 'hello'), never))
      expect(textOf(chunks)).not.toBe('')
    })

    test('a signal that has ended already is its failure, before anything is yielded', async () => {
      await using opened = await open()
      const reason = new Error('stopped before')
      const stream = opened.provider.stream(ask(opened.model, 'hello'), AbortSignal.abort(reason))
      await expect(collect(stream)).rejects.toBe(reason)
    })

    test('a signal that ends in mid-stream is its failure, and nothing follows', async () => {
      await using opened = await open()
      const stop = new AbortController()
      const reason = new Error('stopped in the middle')
      const seen: Chunk[] = []
      const consume = async () => {
        for await (const chunk of opened.provider.stream(ask(opened.model, 'hello'), stop.signal)) {
          seen.push(chunk)
          stop.abort(reason)
        }
      }
      await expect(consume()).rejects.toBe(reason)
      expect(seen).toHaveLength(1)
    })

    test('two streams side by side do not mix', async () => {
      await using opened = await open()
      const { provider, model } = opened
      const [words, call] = await Promise.all([
        collect(provider.stream(ask(model, 'hello'), never)),
        collect(provider.stream(ask(model, 'run uptime'), never)),
      ])
      expect(words.some(({ type }) => type === 'toolCall')).toBe(false)
      expect(call.some(({ type }) => type === 'toolCall')).toBe(true)
    })

    test('it lists its models under its own name', async () => {
      await using opened = await open()
      const rows = await opened.provider.models(never)
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows)
        expect(row).toMatchObject({ provider: opened.provider.id, id: expect.stringMatching(/./) })
    })
  })
}

/** The messages a run adds after a reply that called a tool. */
function answered(chunks: readonly Chunk[]): Message[] {
  const calls = chunks.filter((chunk) => chunk.type === 'toolCall')
  return [
    { role: 'assistant', content: calls, stopReason: 'toolUse', timestamp: 0 },
    ...calls.map(
      ({ id, name }): Message => ({
        role: 'toolResult',
        toolCallId: id,
        toolName: name,
        content: [{ type: 'text', text: 'up 3 days' }],
        details: { where: 'gateway test', status: 'completed', command: 'uptime', exitCode: 0 },
        isError: false,
        timestamp: 0,
      }),
    ),
  ]
}
