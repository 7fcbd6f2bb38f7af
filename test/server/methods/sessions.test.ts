import { expect, test } from 'vitest'
import { createBus } from '../../../src/server/bus.ts'
import { sessionsMethods } from '../../../src/server/methods/sessions.ts'
import { resolveModelName } from '../../../src/server/providers/model-name.ts'
import { openSessions } from '../../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import { methodTable, type ParsedParams } from '../../../src/shared/protocol/table.ts'
import { ManualClock } from '../../support/clock.ts'
import { fakeContext } from './context.ts'

const main = 'agent:main:main'

function rig({ stops = true } = {}) {
  const clock = new ManualClock()
  const sessions = openSessions({ db: openDatabase({ path: ':memory:' }), clock, defaultAgentId: 'main' })
  const news: string[] = []
  const bus = createBus((error) => expect.unreachable(String(error)))
  bus.subscribe((item) => {
    if (item.type === 'wire' && item.event === 'sessions.changed')
      news.push(`${item.payload.reason} ${item.payload.key}`)
  })
  const handlers = sessionsMethods({
    sessions,
    bus,
    clock,
    defaults: () => ({ modelProvider: 'builtin', model: 'guide', contextTokens: 8000 }),
    windowOf: (model) => (model === 'small:m' ? 4000 : 8000),
    modelChecks: {
      isModelAllowed: (provider) => provider !== 'forbidden',
      requireProvider: (provider) => void resolveModelName(`${provider}:m`, { providers: ['openai', 'small', 'a'] }),
    },
    stopRuns: async () => stops,
  })
  /** Calls as dispatch does: parsed params in, the result checked against the table. */
  const call = async <N extends keyof typeof handlers>(name: N, params: unknown) => {
    const method = methodTable.get(name)
    const parsed = method?.params.parse(params) as ParsedParams<N>
    const handler = handlers[name] as (params: ParsedParams<N>, context: ReturnType<typeof fakeContext>) => unknown
    return method?.result.parse(await handler(parsed, fakeContext()))
  }
  const say = (text: string, key = main) => {
    const runId = `${Math.random()}`
    sessions.beginRun({
      runId,
      key,
      echoKey: key,
      agentId: 'main',
      source: 't',
      message: { role: 'user', content: text, timestamp: clock.now() },
    })
    sessions.endRun(runId, { status: 'ok' })
  }
  return { sessions, news, call, say, clock }
}

test('sessions.list has the rows terminals read, titles and last words only when asked for', async () => {
  const { call, say, clock } = rig()
  say('What is the weather')
  const base = {
    ts: clock.now(),
    path: '(multiple)',
    count: 1,
    defaults: { modelProvider: 'builtin', model: 'guide', contextTokens: 8000 },
  }
  const row = {
    key: main,
    kind: 'direct',
    model: 'guide',
    modelProvider: 'builtin',
    contextTokens: 8000,
    totalTokens: 0,
  }
  expect(await call('sessions.list', {})).toMatchObject({ ...base, sessions: [row] })
  expect(JSON.stringify(await call('sessions.list', {}))).not.toContain('weather')
  expect(
    await call('sessions.list', { includeDerivedTitles: true, includeLastMessage: true, unknownParam: 1 }),
  ).toMatchObject({
    sessions: [{ derivedTitle: 'What is the weather', lastMessagePreview: 'What is the weather' }],
  })
})

test('a session without words is titled by its id and day', async () => {
  const { call, sessions } = rig()
  const { sessionId } = sessions.ensure('agent:main:x')
  expect(await call('sessions.describe', { key: 'x' })).toMatchObject({
    session: { derivedTitle: `${sessionId.slice(0, 8)} (2026-01-27)` },
  })
  expect(await call('sessions.describe', { key: 'nobody' })).toEqual({ session: null })
})

test.each([
  [{ verboseLevel: 'loud' }, 'invalid verboseLevel (use "on"|"off")'],
  [{ thinkingLevel: 'huge' }, 'invalid thinkingLevel (use "off"|"minimal"|"low"|"medium"|"high"|"xhigh")'],
  [{ reasoningLevel: 'x' }, 'invalid reasoningLevel (use "on"|"off"|"stream")'],
  [{ elevatedLevel: 'x' }, 'invalid elevatedLevel (use "on"|"off"|"ask"|"full")'],
  [{ responseUsage: 'x' }, 'invalid responseUsage (use "off"|"tokens"|"full")'],
  [{ execHost: 'x' }, 'invalid execHost (use "sandbox"|"gateway"|"node")'],
  [{ execSecurity: 'x' }, 'invalid execSecurity (use "deny"|"allowlist"|"full")'],
  [{ execAsk: 'x' }, 'invalid execAsk (use "off"|"on-miss"|"always")'],
  [{ sendPolicy: 'x' }, 'invalid sendPolicy (use "allow"|"deny")'],
  [{ groupActivation: 'x' }, 'invalid groupActivation (use "mention"|"always")'],
  [{ execNode: ' ' }, 'invalid execNode: empty'],
  [{ model: ' ' }, 'invalid model: empty (use provider/model)'],
  [{ model: 'forbidden/x' }, 'model not allowed: forbidden/x'],
  [{ model: 'opneai/x' }, 'There is no provider opneai; did you mean openai:m?'],
  [{ label: '' }, 'invalid label: empty'],
  [{ label: 'x'.repeat(65) }, 'invalid label: too long (max 64)'],
  [{ label: 'Taken' }, 'label already in use: Taken'],
])('sessions.patch %j is refused: %s', async (patch, message) => {
  const { call } = rig()
  await call('sessions.patch', { key: 'other', label: 'Taken' })
  await expect(call('sessions.patch', { key: 'main', ...patch })).rejects.toThrow(message)
})

test('sessions.patch answers with the canonical key, stores cleaned values, and null clears', async () => {
  const { call, news } = rig()
  const set = { key: 'main', thinkingLevel: ' High ', model: 'openai:gpt-4o', label: 'Mine', verboseLevel: 'full' }
  expect(await call('sessions.patch', set)).toMatchObject({
    key: main,
    entry: {
      thinkingLevel: 'high',
      providerOverride: 'openai',
      modelOverride: 'gpt-4o',
      label: 'Mine',
      verboseLevel: 'full',
    },
  })
  expect(await call('sessions.list', {})).toMatchObject({ sessions: [{ model: 'gpt-4o', modelProvider: 'openai' }] })
  const cleared = (await call('sessions.patch', { key: 'main', thinkingLevel: 'off', model: null, label: null })) as {
    entry: object
  }
  expect(Object.keys(cleared.entry)).not.toEqual(expect.arrayContaining(['thinkingLevel']))
  expect(cleared.entry).not.toHaveProperty('modelOverride')
  expect(news).toEqual([`patched ${main}`, `patched ${main}`])
})

test.each([
  [{ key: 'main' }, main],
  [{ label: 'Work' }, 'agent:main:w'],
  [{ key: 'nope' }, 'No session found: nope'],
  [{ sessionId: 'nope' }, 'No session found: nope'],
  [{ label: 'nope' }, 'No session found with label: nope'],
  [{ key: 'main', label: 'Work' }, 'Provide either key, sessionId, or label (not multiple)'],
  [{}, 'Either key, sessionId or label is required'],
])('sessions.resolve %j: %s', async (params, expected) => {
  const { call, sessions, say } = rig()
  say('hello')
  sessions.patch('agent:main:w', { label: 'Work' })
  const answer = await call('sessions.resolve', params).catch((error: Error) => error.message)
  expect(answer).toEqual(typeof answer === 'string' ? expected : { ok: true, key: expected })
})

test('a session shows what its own model takes', async () => {
  const { call } = rig()
  await call('sessions.patch', { key: 'main', model: 'small:m' })
  await call('sessions.patch', { key: 'other', label: 'Other' })
  const { sessions: rows } = (await call('sessions.list', {})) as { sessions: { key: string; contextTokens: number }[] }
  expect(Object.fromEntries(rows.map(({ key, contextTokens }) => [key, contextTokens]))).toEqual({
    'agent:main:main': 4000,
    'agent:main:other': 8000,
  })
})

test('preview says ok, empty or missing for each key asked, under the key as asked', async () => {
  const { call, say, sessions } = rig()
  say('hello  there')
  sessions.ensure('agent:main:quiet')
  expect(await call('sessions.preview', { keys: ['main', 'quiet', 'nobody'] })).toMatchObject({
    previews: [
      { key: 'main', status: 'ok', items: [{ role: 'user', text: 'hello there' }] },
      { key: 'quiet', status: 'empty', items: [] },
      { key: 'nobody', status: 'missing', items: [] },
    ],
  })
})

test('reset and delete stop what runs first, and refuse when it does not stop', async () => {
  const busy = rig({ stops: false })
  busy.say('x', 'agent:main:x')
  const refusal = { code: 'UNAVAILABLE', message: 'Session agent:main:x is still active; try again in a moment.' }
  await expect(busy.call('sessions.delete', { key: 'x' })).rejects.toMatchObject(refusal)
  await expect(busy.call('sessions.reset', { key: 'x' })).rejects.toMatchObject(refusal)
  await expect(busy.call('sessions.delete', { key: 'main' })).rejects.toThrow(
    `Cannot delete the main session (${main}).`,
  )

  const { call, say, news } = rig()
  say('x', 'agent:main:x')
  await call('sessions.reset', { key: 'x' })
  expect(await call('sessions.delete', { key: 'x' })).toEqual({
    ok: true,
    key: 'agent:main:x',
    deleted: true,
    archived: [],
  })
  expect(await call('sessions.delete', { key: 'x' })).toMatchObject({ deleted: false })
  expect(news).toEqual(['reset agent:main:x', 'deleted agent:main:x'])
})

test('create makes a session under the key given or a new one, with label and model', async () => {
  const { call } = rig()
  expect(await call('sessions.create', { agentId: 'Work', label: 'Plans', model: 'a/b' })).toMatchObject({
    key: expect.stringMatching(/^agent:work:[0-9a-f-]{36}$/),
    entry: { label: 'Plans', modelOverride: 'b' },
  })
  expect(await call('sessions.create', { key: 'x' })).toMatchObject({ key: 'agent:main:x' })
})

test('compact without a number goes by what the model of the session takes, or says why it does nothing', async () => {
  const { call, say } = rig()
  expect(await call('sessions.compact', { key: 'main' })).toMatchObject({ reason: 'Nothing was said here yet.' })
  for (const word of ['alpha', 'beta', 'gamma', 'delta']) say(`${word} `.repeat(250)) // about 400 tokens each
  const small = () => call('sessions.compact', { key: 'main' })
  // An eighth of 8,000 tokens holds two of them.
  expect(await small()).toMatchObject({ compacted: true, kept: 2 })
  expect(await small()).toMatchObject({
    compacted: false,
    reason: expect.stringMatching(/^It is short: about 8\d\d tokens, and the newest 1,000 stay as they are\.$/),
  })
  await call('sessions.patch', { key: 'main', model: 'small/m' })
  expect(await small()).toMatchObject({ compacted: true, kept: 1 })
})

test('compact says what it kept, or that there was nothing to do; search finds the words again', async () => {
  const { call, say } = rig()
  for (const word of ['alpha', 'beta', 'gamma']) say(word)
  expect(await call('sessions.compact', { key: 'main', maxLines: 1 })).toMatchObject({ compacted: true, kept: 1 })
  expect(await call('sessions.compact', { key: 'main' })).toMatchObject({
    compacted: false,
    reason: 'There is one message with its answer only, and the newest one always stays as it is.',
  })
  expect(await call('sessions.search', { query: 'alpha' })).toMatchObject({ hits: [{ key: main, role: 'user' }] })
  expect(await call('sessions.search', { query: 'alpha', key: 'other' })).toEqual({ hits: [] })
})
