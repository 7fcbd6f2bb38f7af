import { describe, expect, test } from 'vitest'
import type { Message } from '../../../../src/shared/model/message.ts'
import { ask, collect, providerContract, textOf } from '../../../contract/provider.ts'
import { fixture, vendorServer } from '../../../support/vendor-server.ts'
import { openVendor, testKey, vendors } from './vendors.ts'

const never = new AbortController().signal

for (const vendor of vendors) {
  const { api, id } = vendor
  providerContract(`${id} over ${api}`, () => openVendor(vendor))

  describe(`${id} over ${api}`, () => {
    test('it sends one request, with the key, to the documented path', async () => {
      await using opened = await openVendor(vendor)
      const chunks = await collect(opened.provider.stream(ask('test-model', 'hello'), never))
      expect(textOf(chunks)).toBe('Hello from a test')
      const [header, value] = vendor.keyHeader
      expect(opened.server.requests).toMatchObject([
        { method: 'POST', path: vendor.path, headers: { [header]: value } },
      ])
    })

    test('it counts what was read from the cache apart from the rest', async () => {
      await using opened = await openVendor(vendor)
      const chunks = await collect(opened.provider.stream(ask('test-model', 'hello'), never))
      expect(chunks.at(-1)).toMatchObject({ usage: { output: 7, totalTokens: 127 } })
      const cached =
        api === 'anthropic-messages' ? { input: 20, cacheRead: 90, cacheWrite: 10 } : { input: 20, cacheRead: 100 }
      expect(chunks.at(-1)).toMatchObject({ usage: cached })
    })

    test('it keeps thinking apart from the text, and gives its signature back unchanged in the next turn', async () => {
      await using opened = await openVendor(vendor, async () => ({ body: await fixture(`${api}/thinking.sse`) }))
      const request = { ...ask('test-model', 'hello'), thinking: 'high' as const }
      const chunks = await collect(opened.provider.stream(request, never))
      const thoughts = chunks.filter((chunk) => chunk.type === 'thinking')
      expect(thoughts.map(({ text }) => text).join('')).toBe('Let me see.')
      expect(textOf(chunks)).toBe('Done')
      const signature = thoughts.findLast((chunk) => chunk.signature)?.signature
      const signed = api === 'openai-responses' || api === 'anthropic-messages'
      expect(Boolean(signature)).toBe(signed)
      if (!signature) return
      const earlier = (provider: string): Message => ({
        role: 'assistant',
        provider,
        content: [
          { type: 'thinking', thinking: 'Let me see.', thinkingSignature: signature },
          { type: 'text', text: 'Done' },
        ],
        timestamp: 0,
      })
      await collect(opened.provider.stream({ ...request, ...ask('test-model', 'a', earlier(id), 'b') }, never))
      await collect(opened.provider.stream({ ...request, ...ask('test-model', 'a', earlier('other'), 'b') }, never))
      const [, own, foreign] = opened.server.requests.map(({ body }) => JSON.stringify(body))
      expect(own).toContain('opaque-thought')
      expect(foreign).not.toContain('opaque-thought')
    })

    test('aborting closes the connection to the vendor', async () => {
      const whole = await fixture(`${api}/answer.sse`)
      const begun = whole.slice(0, whole.indexOf('\n\n', whole.indexOf('Hello')) + 2)
      await using opened = await openVendor(vendor, () => ({ body: begun, ending: 'hold' }))
      const stop = new AbortController()
      const reason = new Error('stopped')
      const reading = (async () => {
        for await (const _ of opened.provider.stream(ask('test-model', 'hello'), stop.signal)) stop.abort(reason)
      })()
      await expect(reading).rejects.toBe(reason)
      await opened.server.clientLeft
    })

    test('aborting before the vendor has answered closes the connection too', async () => {
      const arrived = Promise.withResolvers<void>()
      await using opened = await openVendor(vendor, async () => {
        arrived.resolve()
        return await new Promise(() => {})
      })
      const stop = new AbortController()
      const reading = collect(opened.provider.stream(ask('test-model', 'hello'), stop.signal))
      await arrived.promise
      const reason = new Error('stopped')
      stop.abort(reason)
      await expect(reading).rejects.toBe(reason)
      await opened.server.clientLeft
    })

    test('a reader that leaves early closes the connection', async () => {
      const whole = await fixture(`${api}/answer.sse`)
      const begun = whole.slice(0, whole.indexOf('\n\n', whole.indexOf('Hello')) + 2)
      await using opened = await openVendor(vendor, () => ({ body: begun, ending: 'hold' }))
      for await (const _ of opened.provider.stream(ask('test-model', 'hello'), never)) break
      await opened.server.clientLeft
    })

    test('a connection whose last bytes come behind the last word serves the next request too', async () => {
      await using opened = await openVendor(vendor, async () => ({
        body: await fixture(`${api}/answer.sse`),
        ending: 'late',
      }))
      for (let asked = 1; asked <= 4; asked++) {
        expect(textOf(await collect(opened.provider.stream(ask('test-model', 'hello'), never)))).toBe(
          'Hello from a test',
        )
        await expect.poll(opened.server.ended).toBe(asked)
      }
      expect(opened.server.connections()).toBeLessThan(4) // one, or another where the end was not read in time
    })

    test('the key is in no other place of the request than its header', async () => {
      await using opened = await openVendor(vendor)
      await collect(opened.provider.stream(ask('test-model', 'hello'), never))
      const [request] = opened.server.requests
      expect(request?.path).not.toContain(testKey)
      expect(JSON.stringify(request?.body)).not.toContain(testKey)
    })
  })
}

test('a vendor that says its last word and never ends is left a moment later', async () => {
  const vendor = vendors.find(({ api }) => api === 'anthropic-messages')
  if (!vendor) throw new Error('its last word is the only one that comes before the end of the bytes')
  const body = await fixture('anthropic-messages/answer.sse')
  await using opened = await openVendor(vendor, () => ({ body, ending: 'hold' }))
  expect((await collect(opened.provider.stream(ask('test-model', 'hello'), never))).at(-1)?.type).toBe('end')
  await opened.server.clientLeft
})

test.each([301, 302, 307, 308])(
  'AU18: a vendor that answers %i is not followed: neither key nor conversation goes elsewhere',
  async (status) => {
    await using elsewhere = await vendorServer(async () => ({ body: await fixture('openai-completions/answer.sse') }))
    for (const vendor of vendors) {
      const location = `${elsewhere.url}/v1`
      await using opened = await openVendor(vendor, () => ({ status, headers: { location } }))
      await expect(collect(opened.provider.stream(ask('test-model', 'hello'), never))).rejects.toMatchObject({
        code: 'provider.unavailable',
        message: expect.stringContaining(`${vendor.label} sends requests to ${location} (${status})`),
        retryable: false,
      })
      expect(opened.server.requests).toHaveLength(1)
    }
    expect(elsewhere.requests).toEqual([])
  },
)
