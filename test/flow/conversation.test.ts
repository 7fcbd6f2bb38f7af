/** What a person does with a conversation, as a peer of protocol 3 and as one of protocol 4, against the gateway as a process. */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { makeDevice } from '../support/device.ts'
import type { RawClient } from '../support/raw-client.ts'
import { type Beat, type SlowModel, slowModel, words } from '../support/slow-model.ts'
import { ask, call, ended, heard, history, type Json, operator, send, textOf } from './support.ts'

const story = 'Once upon a time there was a gateway that never slept.'
const never = () => new Promise<void>(() => {})

/** `tell`: a story in words; `begin`: three words and then nothing more; anything else is repeated. */
function answer({ question }: { question: string }): Iterable<Beat> {
  if (question.startsWith('tell')) return words(story, 2)
  if (question.startsWith('begin')) return ['one ', 'two ', 'three ', never()]
  return [`you said: ${question}`]
}

describe.each([3, 4] as const)('a peer of protocol %i', (protocol) => {
  let model: SlowModel
  let gateway: RunningGateway
  let client: RawClient
  const device = makeDevice()

  beforeAll(async () => {
    model = await slowModel(answer)
    gateway = await startBuiltGateway({ config: model.config() })
    client = await operator(gateway, {
      protocol,
      device,
      range: { min: protocol, max: protocol },
      client: { id: protocol === 3 ? 'gateway-client' : 'openclaw-tui', mode: 'ui' },
      caps: protocol === 4 ? ['tool-events'] : [],
    })
  })

  afterAll(async () => {
    client?.[Symbol.dispose]()
    await gateway?.[Symbol.asyncDispose]()
    await model?.[Symbol.asyncDispose]()
  })

  const chatOf = (runId: string) =>
    client.events.flatMap(({ event, payload }) =>
      event === 'chat' && (payload as Json).runId === runId ? [payload as Json] : [],
    )

  test('a message is acknowledged, streamed and stored', async () => {
    const runId = randomUUID()
    const acknowledged = await send(client, 'tell me', runId, 'main')
    expect(acknowledged.payload).toMatchObject({ runId, status: 'started' })
    const final = (await ended(client, runId)).payload as Json
    expect(final).toMatchObject({ state: 'final', sessionKey: 'main' }) // trap 6: the key as it was written
    expect(textOf((final.message as { content: unknown }).content)).toBe(story)
    const deltas = chatOf(runId).filter(({ state }) => state === 'delta')
    const texts = deltas.map(({ message }) => textOf((message as { content: unknown }).content))
    expect(texts.length).toBeGreaterThan(0)
    for (const text of texts) expect(story.startsWith(text)).toBe(true)
    if (protocol === 4) {
      const whole = deltas.reduce((text, { deltaText, replace }) => (replace ? '' : text) + deltaText, '')
      expect(story.startsWith(whole)).toBe(true)
    } else expect(deltas.every((delta) => !('deltaText' in delta))).toBe(true)
    expect((await history(client)).map(({ role, content }) => [role, textOf(content)])).toEqual([
      ['user', 'tell me'],
      ['assistant', story],
    ])
    // By these marks a terminal of protocol 4 knows what it has shown already.
    const marks = (await history(client)).map((message) => (message as { __openclaw?: Json }).__openclaw)
    const expected = { id: expect.stringMatching(/^\d+$/), seq: expect.any(Number), runId }
    expect(marks).toEqual(protocol === 4 ? [expected, expected] : [undefined, undefined])
  })

  test('an abort keeps what had arrived, ends the request to the model, and the next turn works', async () => {
    const sessionKey = 'agent:main:abort'
    const runId = randomUUID()
    await send(client, 'begin', runId, sessionKey)
    await expect.poll(() => heard(client, runId)).toContain('three')
    const stopped = await call(client, 'chat.abort', { sessionKey, runId })
    expect(stopped).toMatchObject({ ok: true, aborted: true, runIds: [runId] })
    expect((await ended(client, runId)).payload).toMatchObject({ state: 'aborted', stopReason: 'rpc' })
    await expect.poll(() => model.left).toBeGreaterThan(0)
    const [, reply] = await history(client, sessionKey)
    expect(reply).toMatchObject({ stopReason: 'aborted' })
    expect(textOf(reply?.content)).toBe('one two three ')
    expect(await ask(client, 'go on', sessionKey)).toBe('you said: go on')
    expect(await call(client, 'chat.abort', { sessionKey })).toMatchObject({ aborted: false, runIds: [] })
  })

  test.each(['stop', '/stop', ' ABORT '])('the words "%s" stop what is running, and are no message', async (word) => {
    const sessionKey = `agent:main:stopped-by-${encodeURIComponent(word)}`
    const runId = randomUUID()
    await send(client, 'begin', runId, sessionKey)
    await expect.poll(() => heard(client, runId)).not.toBe('')
    expect((await send(client, word, randomUUID(), sessionKey)).payload).toMatchObject({
      aborted: true,
      runIds: [runId],
    })
    expect((await ended(client, runId)).payload).toMatchObject({ state: 'aborted' })
    expect((await history(client, sessionKey)).filter(({ role }) => role === 'user')).toHaveLength(1)
  })

  test('messages of one session wait for each other; those of another do not', async () => {
    const [first, second, other] = [randomUUID(), randomUUID(), randomUUID()]
    await send(client, 'begin', first, 'agent:main:queue')
    await expect.poll(() => heard(client, first)).not.toBe('')
    await send(client, 'second', second, 'agent:main:queue')
    await send(client, 'elsewhere', other, 'agent:main:elsewhere')
    expect((await ended(client, other)).payload).toMatchObject({ state: 'final' })
    expect(chatOf(second).some(({ state }) => state === 'final')).toBe(false)
    await call(client, 'chat.abort', { sessionKey: 'agent:main:queue', runId: first })
    expect((await ended(client, second)).payload).toMatchObject({ state: 'final' })
    const users = (await history(client, 'agent:main:queue')).filter(({ role }) => role === 'user')
    expect(users.map(({ content }) => textOf(content))).toEqual(['begin', 'second'])
  })

  test('the same key sent twice, even at once, is one run', async () => {
    const sessionKey = 'agent:main:twice'
    const answers = await Promise.all([1, 2, 3].map(() => send(client, 'tell twice', 'twice', sessionKey)))
    const states = answers.map(({ payload }) => (payload as Json).status)
    expect(states.filter((state) => state === 'started')).toHaveLength(1)
    await ended(client, 'twice')
    expect((await send(client, 'tell twice', 'twice', sessionKey)).payload).toMatchObject({ status: 'ok' })
    expect(await history(client, sessionKey)).toHaveLength(2)
  })

  test('sessions are listed with title and last message, found by their words, and kept apart', async () => {
    await ask(client, 'the secret word is xylophone', 'agent:main:music')
    await ask(client, 'and here?', 'agent:main:silence')
    expect(model.asked.at(-1)?.messages.filter(({ role }) => role !== 'system')).toHaveLength(1)
    const { sessions } = await call(client, 'sessions.list', { includeDerivedTitles: true, includeLastMessage: true })
    const row = (sessions as Json[]).find(({ key }) => key === 'agent:main:music')
    expect(row).toMatchObject({ derivedTitle: 'the secret word is xylophone' })
    expect(row?.lastMessagePreview).toContain('you said')
    const { hits } = await call(client, 'sessions.search', { query: 'xylophone' })
    expect((hits as Json[]).map(({ key }) => key)).toContain('agent:main:music')
  })

  test('the model is changed with sessions.patch and with /model, and the default comes back', async () => {
    const sessionKey = 'agent:main:models'
    const used = async () => {
      await ask(client, 'hi', sessionKey)
      return model.asked.at(-1)?.model
    }
    expect(await used()).toBe('slow')
    await call(client, 'sessions.patch', { key: sessionKey, model: 'stand-in/other' })
    expect(await used()).toBe('other')
    expect(await ask(client, '/model stand-in:slow', sessionKey)).toMatch(/stand-in[:/]slow/)
    expect(await used()).toBe('slow')
    const nope = await client.request('sessions.patch', { key: sessionKey, model: 'nope/none' })
    expect(nope.error).toMatchObject({ code: 'INVALID_REQUEST', message: 'There is no provider nope.' })
    expect(await ask(client, '/model nope/none', sessionKey)).toContain('There is no provider nope.')
    expect(await used()).toBe('slow')
    expect(await ask(client, '/model default', sessionKey)).toMatch(/slow/)
    expect(await ask(client, '/models', sessionKey)).toContain('other')
  })

  test('/status answers without the model, and /help lists the commands', async () => {
    const before = model.asked.length
    expect(await ask(client, '/status', 'agent:main:status')).toMatch(/stand-in[:/]slow/)
    expect(await ask(client, '/help', 'agent:main:status')).toContain('/model')
    expect(model.asked).toHaveLength(before)
  })

  test.each(['sessions.reset', '/new', '/reset'])('%s begins afresh: the model sees nothing of before', async (how) => {
    const sessionKey = `agent:main:reset-${how.replaceAll(/\W/g, '')}`
    await ask(client, 'remember me', sessionKey)
    const id = (await call(client, 'chat.history', { sessionKey })).sessionId
    if (how.startsWith('/')) await ask(client, how, sessionKey)
    else await call(client, how, { key: sessionKey })
    const fresh = await call(client, 'chat.history', { sessionKey })
    expect(fresh.sessionId).not.toBe(id)
    await ask(client, 'who am I?', sessionKey)
    const said = model.asked
      .at(-1)
      ?.messages.map(({ content }) => textOf(content))
      .join()
    expect(said).not.toContain('remember me')
  })

  test('words behind a command that takes none are given back, and nothing is done', async () => {
    const sessionKey = 'agent:main:words-behind'
    await ask(client, 'remember me', sessionKey)
    const id = (await call(client, 'chat.history', { sessionKey })).sessionId
    expect(await ask(client, '/new fix the bug', sessionKey)).toContain('`/new` takes no words, so nothing was done')
    expect((await call(client, 'chat.history', { sessionKey })).sessionId).toBe(id)
  })

  test('agent answers twice with one id, and agent.wait tells how a run ended', async () => {
    const runId = randomUUID()
    const params = { message: 'tell me', idempotencyKey: runId, sessionKey: 'agent:main:agent' }
    client.send({ type: 'req', id: 'two-answers', method: 'agent', params })
    const waited = await call(client, 'agent.wait', { runId, timeoutMs: 10_000 })
    expect(waited).toMatchObject({ runId, status: 'ok' })
    await expect
      .poll(() => client.frames.filter((frame) => frame.type === 'res' && frame.id === 'two-answers'))
      .toHaveLength(2)
    const [first, second] = client.frames.filter((frame) => frame.type === 'res' && frame.id === 'two-answers')
    expect(first).toMatchObject({ ok: true, payload: { runId, status: 'accepted' } })
    expect(second).toMatchObject({ ok: true, payload: { runId, status: 'ok', summary: 'completed' } })
    expect(JSON.stringify(second)).toContain(story)
    const nobody = await call(client, 'agent.wait', { runId: 'nobody', timeoutMs: 50 })
    expect(nobody).toMatchObject({ status: 'timeout' })
  })
})
