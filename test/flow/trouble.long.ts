/** What a person sees when a model fails, and what becomes of a session that is changed under a running reply. */

import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { type Beat, slowModel, words } from '../support/slow-model.ts'
import { fixture, type VendorReply, vendorServer } from '../support/vendor-server.ts'
import { ask, call, ended, heard, history, type Json, operator, send, textOf } from './support.ts'

const never = () => new Promise<void>(() => {})

function configFor(...baseUrls: string[]): Record<string, unknown> {
  const names = baseUrls.map((_, i) => `stand-in-${i}`)
  const [primary, ...fallbacks] = names.map((name) => `${name}/model`)
  const providers = names.map((name, i) => [
    name,
    { baseUrl: `${baseUrls[i]}/v1`, apiKey: 'sk-stand-in-0123456789', models: [{ id: 'model' }] },
  ])
  return {
    agents: { defaults: { model: { primary, fallbacks } } },
    models: { providers: Object.fromEntries(providers) },
  }
}

describe('a model that fails', () => {
  const failures: [string, VendorReply, RegExp][] = [
    [
      'refuses its key',
      { status: 401, body: '{"error":{"message":"Incorrect API key provided: sk-stand-in-0123456789"}}' },
      /key/i,
    ],
    ['does not know the model', { status: 404, body: '{"error":{"message":"The model does not exist"}}' }, /model/i],
    [
      'has no money left',
      { status: 429, body: '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}' },
      /quota|limit|billing|credit/i,
    ],
    [
      'finds the request wrong',
      { status: 400, body: '{"error":{"message":"maximum context length is 10 tokens"}}' },
      /context|long/i,
    ],
  ]
  test.each(failures)(
    'that %s: the run ends with an error that says what to do, on both protocols',
    async (_, reply, says) => {
      await using vendor = await vendorServer(() => reply)
      await using gateway = await startBuiltGateway({ config: configFor(vendor.url) })
      for (const protocol of [3, 4] as const) {
        using client = await operator(gateway, { protocol, range: { min: protocol, max: protocol } })
        const runId = randomUUID()
        const sessionKey = `agent:main:p${protocol}`
        await send(client, 'hello', runId, sessionKey)
        const { state, errorMessage } = (await ended(client, runId)).payload as Json
        expect(state).toBe('error')
        expect(errorMessage).toMatch(says)
        expect(errorMessage).not.toContain('sk-stand-in-0123456789')
        const stored = await history(client, sessionKey)
        expect(stored.map(({ role }) => role)).toEqual(['user', 'assistant'])
        expect(stored[1]).toMatchObject({ stopReason: 'error', errorMessage })
        expect(await call(client, 'agent.wait', { runId })).toMatchObject({ status: 'error', error: errorMessage })
        const { lines } = (await call(client, 'logs.tail', {})) as { lines: string[] }
        const [line, ...more] = lines.filter((each) => each.includes('a run failed') && each.includes(runId))
        const said = (JSON.parse(line ?? '') as Json)[1]
        expect(said).toBe(`a run failed run=${runId} session=${sessionKey} reason=${JSON.stringify(errorMessage)}`)
        expect([more, lines.filter((each) => each.includes('sk-stand-in-0123456789'))]).toEqual([[], []])
      }
    },
    40_000,
  )

  test('gives way to the next one in order, and the answer says which it was', async () => {
    await using broken = await vendorServer(() => ({
      status: 503,
      body: '{"error":{"message":"overloaded"}}',
      headers: { 'retry-after': '0' },
    }))
    const good = await fixture('openai-completions/answer.sse')
    await using vendor = await vendorServer(() => ({ body: good }))
    await using gateway = await startBuiltGateway({ config: configFor(broken.url, vendor.url) })
    using client = await operator(gateway)
    expect(await ask(client, 'hello')).not.toBe('')
    expect((await history(client)).at(-1)).toMatchObject({ provider: 'stand-in-1' })
  }, 40_000)

  test('that is cut in mid-sentence: what arrived is kept, and the next turn works', async () => {
    const good = await fixture('openai-completions/answer.sse')
    const half = good.slice(0, good.indexOf('\n\n', good.indexOf('"content":"', good.indexOf('"content":"') + 20)) + 2)
    await using vendor = await vendorServer(({ body }) =>
      JSON.stringify(body).includes('again') ? { body: good } : { body: half, ending: 'cut' },
    )
    await using gateway = await startBuiltGateway({ config: configFor(vendor.url) })
    using client = await operator(gateway)
    const runId = randomUUID()
    await send(client, 'hello', runId)
    expect((await ended(client, runId)).payload).toMatchObject({ state: 'error' })
    const kept = textOf((await history(client)).at(-1)?.content)
    expect(kept).toBe(heard(client, runId))
    expect(kept).not.toBe('')
    const answer = await ask(client, 'again')
    expect(answer.startsWith(kept)).toBe(true)
  }, 40_000)
})

describe('a session changed under a running reply', () => {
  const begin = ({ question }: { question: string }): Iterable<Beat> =>
    question === 'begin' ? [...words('one two '), never()] : [`you said: ${question}`]

  test.each(['sessions.reset', 'sessions.delete'])(
    '%s stops the reply first, and nothing of it reaches the new one',
    async (method) => {
      await using model = await slowModel(begin)
      await using gateway = await startBuiltGateway({ config: model.config() })
      using client = await operator(gateway)
      const key = 'agent:main:changing'
      await send(client, 'begin', 'r1', key)
      await expect.poll(() => heard(client, 'r1')).not.toBe('')
      await send(client, 'waiting', 'r2', key)
      expect(await call(client, method, { key })).toMatchObject({ ok: true })
      expect((await ended(client, 'r1')).payload).toMatchObject({ state: 'aborted' })
      expect((await ended(client, 'r2')).payload).toMatchObject({ state: 'aborted' })
      await expect.poll(() => model.left).toBe(1)
      expect(await history(client, key)).toEqual([])
      expect(await ask(client, 'afresh', key)).toBe('you said: afresh')
      expect(model.asked.at(-1)?.messages.map(({ role }) => role)).toEqual(['system', 'user'])
    },
  )

  test('another model chosen while it is written counts from the next message on', async () => {
    await using model = await slowModel(begin)
    await using gateway = await startBuiltGateway({ config: model.config() })
    using client = await operator(gateway)
    await send(client, 'begin', 'r1')
    await expect.poll(() => heard(client, 'r1')).not.toBe('')
    await send(client, 'next', 'r2')
    await call(client, 'sessions.patch', { key: 'main', model: 'stand-in/other' })
    await call(client, 'chat.abort', { sessionKey: 'main', runId: 'r1' })
    await ended(client, 'r2')
    expect(model.asked.map((each) => each.model)).toEqual(['slow', 'other'])
  })

  test('twenty sessions answer side by side, each its own words', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `name-${i}`)
    const everybody = Promise.withResolvers<void>()
    // None is answered before all have asked: one after the other would wait for ever.
    await using model = await slowModel(({ question }) => {
      if (model.asked.length === names.length) everybody.resolve()
      return [everybody.promise, ...words(`${question} `.repeat(20), 5)]
    })
    await using gateway = await startBuiltGateway({ config: model.config() })
    using client = await operator(gateway)
    const answers = await Promise.all(names.map((name) => ask(client, name, `agent:main:${name}`)))
    expect(answers).toEqual(names.map((name) => `${name} `.repeat(20).trim()))
  })
})

test('a picture goes to the model, what is no picture is refused by name, and a long conversation is shortened on request', async () => {
  await using model = await slowModel(({ question }) => [`you said: ${question}`])
  await using gateway = await startBuiltGateway({ config: model.config() })
  using client = await operator(gateway)
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const attach = (mimeType: string, runId: string) =>
    client.request('chat.send', {
      ...{ sessionKey: 'main', message: 'what is it?', idempotencyKey: runId },
      attachments: [{ type: 'image', mimeType, fileName: 'dot', content: pixel }],
    })
  expect((await attach('image/png', 'picture')).ok).toBe(true)
  expect((await ended(client, 'picture')).payload).toMatchObject({ state: 'final' })
  expect(JSON.stringify(model.asked.at(-1)?.messages)).toContain(pixel)
  expect((await attach('application/zip', 'zip')).error?.message).toContain('dot')

  for (let i = 0; i < 15; i++) await ask(client, `message ${i}`)
  expect(await ask(client, '/compact')).toMatch(/compacted/i)
  await ask(client, 'after')
  const seen = model.asked.at(-1)?.messages ?? []
  expect(seen.length).toBeLessThan(32)
  expect(JSON.stringify(seen)).toContain('message 14')
  expect(await history(client)).toHaveLength(2 + 30 + 2 + 2)
})
