import { describe, expect, test } from 'vitest'
import { aiSdkProvider } from '../../../../src/server/providers/ai-sdk/provider.ts'
import type { ProviderRequest } from '../../../../src/server/providers/provider.ts'
import type { Message } from '../../../../src/shared/model/message.ts'
import { ask, collect } from '../../../contract/provider.ts'
import { fixture, vendorServer } from '../../../support/vendor-server.ts'
import { serviceAt, type Vendor, vendors } from './vendors.ts'

/** What the vendor was sent, as JSON text. */
async function sent(vendor: Vendor, request: ProviderRequest): Promise<string> {
  const body = await fixture(`${vendor.api}/answer.sse`)
  await using server = await vendorServer(() => ({ body }))
  await collect(aiSdkProvider(serviceAt(vendor, server.url)).stream(request, new AbortController().signal))
  return JSON.stringify(server.requests[0]?.body)
}

const [openai, compatible, anthropic, google] = vendors as [Vendor, Vendor, Vendor, Vendor]
const picture = { type: 'image', data: 'aW1hZ2U=', mimeType: 'image/png' } as const

describe.each(vendors)('over $api', (vendor) => {
  test('images of the user reach the model', async () => {
    const look: Message = { role: 'user', content: [{ type: 'text', text: 'look' }, picture], timestamp: 0 }
    const body = await sent(vendor, ask('test-model', look))
    expect(body).toContain(picture.data)
    expect(body).toContain(picture.mimeType)
  })

  test('a failed tool reaches the model with its text, and two results of one answer stay together', async () => {
    const call = (id: string) => ({ type: 'toolCall' as const, id, name: 'exec', arguments: { command: id } })
    const result = (id: string, text: string): Message => ({
      role: 'toolResult',
      toolCallId: id,
      toolName: 'exec',
      content: [{ type: 'text', text }],
      isError: id === 'a',
      timestamp: 0,
    })
    const asked: Message = { role: 'assistant', content: [call('a'), call('b')], timestamp: 0 }
    const body = await sent(vendor, ask('test-model', 'go', asked, result('a', 'it broke'), result('b', 'it worked')))
    expect(body).toContain('it broke')
    expect(body).toContain('it worked')
  })

  test('empty messages, which vendors refuse, are left out', async () => {
    const empty: Message = { role: 'assistant', content: [{ type: 'text', text: ' ' }], timestamp: 0 }
    const body = await sent(vendor, ask('test-model', 'one', empty, 'two'))
    expect(body).not.toMatch(/"(?:text|content)":" ?"/)
  })
})

test('Anthropic is told to keep the system prompt with the tools, and the conversation so far', async () => {
  const body = JSON.parse(await sent(anthropic, ask('test-model', 'one', 'two')))
  expect(body.system.at(-1).cache_control).toEqual({ type: 'ephemeral' })
  expect(body.messages.at(-1).content.at(-1).cache_control).toEqual({ type: 'ephemeral' })
  expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(2)
})

test('OpenAI is told to keep nothing', async () => {
  expect(JSON.parse(await sent(openai, ask('test-model', 'hello')))).toMatchObject({ store: false, stream: true })
})

test('a compatible server is not sent a field it may not know', async () => {
  const body = JSON.parse(await sent(compatible, ask('test-model', 'hello')))
  expect(Object.keys(body).toSorted()).toEqual([
    'messages',
    'model',
    'stream',
    'stream_options',
    'tool_choice',
    'tools',
  ])
})

test.each<[string, Vendor, string]>([
  ['gpt-5', openai, '"effort":"high"'],
  ['any', compatible, '"reasoning_effort":"high"'],
  ['claude-sonnet-4-5', anthropic, '"thinking":{"type":"enabled"'],
  ['gemini-2.5-flash', google, '"thinkingBudget":'],
])('%s is asked to think at the level that was set', async (model, vendor, expected) => {
  expect(await sent(vendor, { ...ask(model, 'hello'), thinking: 'high' })).toContain(expected)
})
