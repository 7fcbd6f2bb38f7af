import { describe, expect, test } from 'vitest'
import { createBus, type News } from '../../../src/server/bus.ts'
import { createModelStream } from '../../../src/server/providers/stream.ts'
import type { RunTools } from '../../../src/server/runs/run.ts'
import { Runs, type StartRequest } from '../../../src/server/runs/runs.ts'
import { createLanes } from '../../../src/server/sessions/lanes.ts'
import { openSessions } from '../../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import { textOutcome } from '../../../src/server/tools/tool.ts'
import { Fault } from '../../../src/shared/fault.ts'
import type { Message, ToolCallPart } from '../../../src/shared/model/message.ts'
import { ManualClock } from '../../support/clock.ts'
import { type Reply, scriptedProvider } from '../../support/scripted-provider.ts'

const key = 'agent:main:main'
const call: ToolCallPart = { type: 'toolCall', id: 'c1', name: 'look', arguments: { at: 'sky' } }

/** Runs over a real in-memory store; only the model is scripted. */
function setup(
  replies: readonly Reply[],
  {
    runTool = async () => textOutcome('blue', { where: 'gateway test' }),
    synced,
    models = ['scripted/model'],
  }: { runTool?: RunTools['run']; synced?: () => Promise<void>; models?: string[] } = {},
) {
  const clock = new ManualClock()
  const db = openDatabase({ path: ':memory:' })
  const sessions = openSessions({ db, clock, defaultAgentId: 'main' })
  const news: News[] = []
  const bugs: unknown[] = []
  const bus = createBus((error) => bugs.push(error))
  bus.subscribe((each) => news.push(each))
  const provider = scriptedProvider(replies, {
    usage: { input: 5, output: 2, cacheRead: 0, cacheWrite: 0, totalTokens: 7 },
  })
  const spare = scriptedProvider([['I step in.']], { id: 'spare' })
  const providers = new Map([provider, spare].map((each) => [each.id, each]))
  const stream = createModelStream({ providers: () => providers, clock, random: () => 0.5 })
  const runs = new Runs({
    clock,
    bus,
    stream,
    log: sessions,
    book: { ...sessions, ...(synced && { synced }) },
    lanes: createLanes(),
    defaultAgentId: 'main',
    tools: { specs: [], run: runTool },
    plan: (_request, ref) => ({
      ref,
      models,
      system: 'be brief',
      thinking: 'off',
      workspace: '/nowhere',
      budgetTokens: 100_000,
      timeoutMs: 600_000,
    }),
    onBug: (error) => bugs.push(error),
  })
  const send = (runId: string, text: string, sessionKey = 'main') => {
    const request: StartRequest = {
      runId,
      sessionKey,
      message: { role: 'user', content: text, timestamp: clock.now() },
      source: 'test',
    }
    return runs.start(request)
  }
  const done = (runId: string) => runs.wait(runId, AbortSignal.timeout(5000))
  const roles = () => sessions.history(key).messages.map((message: Message) => message.role)
  return { runs, sessions, news, bugs, clock, provider, send, done, roles }
}

const ofType = <T extends News['type']>(news: News[], type: T) =>
  news.filter((each): each is Extract<News, { type: T }> => each.type === type)

/** Resolves when `condition` holds; the test's own time limit bounds the wait. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('a run', () => {
  test('streams, ends and is stored; the key the caller wrote is echoed', async () => {
    const { send, done, news, sessions } = setup([['Hello', ' there']])
    expect(await send('r1', 'hi')).toEqual({ runId: 'r1', status: 'started' })
    expect(await done('r1')).toMatchObject({ status: 'ok' })
    expect(ofType(news, 'run.text').map(({ offset, text }) => [offset, text])).toEqual([
      [0, 'Hello'],
      [5, ' there'],
    ])
    const [ended] = ofType(news, 'run.ended')
    expect(ended).toMatchObject({ state: 'final', stopReason: 'stop', run: { sessionKey: 'main', canonicalKey: key } })
    expect(sessions.history(key).messages.at(-1)).toMatchObject({
      role: 'assistant',
      model: 'model',
      usage: { totalTokens: 7 },
    })
  })

  test('without a word of the model is a failure that says so; the thinking before it is kept', async () => {
    const { send, done, news, sessions } = setup([
      [],
      [{ type: 'thinking', text: 'Hm' }, ' \n'],
      [{ type: 'end', stopReason: 'length' }],
    ])
    for (const runId of ['r1', 'r2', 'r3']) {
      await send(runId, 'hi')
      expect(await done(runId)).toMatchObject({ status: 'error' })
    }
    const again = 'scripted/model sent an empty answer. Send it again, or choose another model with /model.'
    const reasons = ofType(news, 'run.ended').map(({ state, errorMessage }) => [state, errorMessage])
    expect(reasons).toEqual([
      ['error', again],
      ['error', again],
      [
        'error',
        'scripted/model reached its output limit before its first word. Let it think less with /think, or choose another model with /model.',
      ],
    ])
    const thought = { content: [{ type: 'thinking', thinking: 'Hm' }, { type: 'text' }], stopReason: 'error' }
    expect(sessions.history(key).messages[3]).toMatchObject({ ...thought, errorMessage: again })
  })

  test('of a model that only thinks is answered by the next one; its thoughts were seen, and are no part of the answer', async () => {
    const thinking = { type: 'thinking' as const, text: 'Hm', signature: 'its own' }
    const models = ['scripted/model', 'spare/model']
    const { send, done, news, sessions } = setup([[thinking, ' ']], { models })
    await send('r1', 'hi')
    expect(await done('r1')).toMatchObject({ status: 'ok' })
    expect(ofType(news, 'run.thinking').map(({ offset, text }) => [offset, text])).toEqual([
      [0, 'Hm'],
      [2, '\n\n'],
    ])
    expect(ofType(news, 'run.text').map(({ offset, text }) => [offset, text])).toEqual([
      [0, ' '],
      [1, 'I step in.'],
    ])
    expect(sessions.history(key).messages[1]).toMatchObject({
      provider: 'spare',
      content: [{ type: 'text', text: ' I step in.' }],
      stopReason: 'stop',
    })
  })

  test('may end without a word after its tools: what they did is the answer', async () => {
    const { send, done, news } = setup([[call], []])
    await send('r1', 'look')
    expect(await done('r1')).toMatchObject({ status: 'ok' })
    expect(ofType(news, 'run.ended')).toMatchObject([{ state: 'final' }])
  })

  test('DU1: the message is written before a model is asked, and on disk before anybody hears of the run', async () => {
    const disk = Promise.withResolvers<void>()
    const { send, done, sessions, provider, news } = setup([['x']], { synced: () => disk.promise })
    const states: string[] = []
    const first = send('r1', 'keep me').then(({ status }) => states.push(status))
    expect(sessions.history(key).messages).toMatchObject([{ role: 'user', content: 'keep me' }])
    const again = send('r1', 'keep me').then(({ status }) => states.push(status))
    await until(() => provider.requests.length > 0)
    await new Promise((resolve) => setImmediate(resolve))
    expect([states, news]).toEqual([[], []])
    disk.resolve()
    await Promise.all([first, again])
    expect([states, news]).toEqual([['started', 'in_flight'], []])
    await done('r1')
    expect(news.map(({ type }) => type)).toEqual(['run.started', 'run.text', 'run.ended'])
  })

  test('a message that cannot be brought to disk is refused, and its run ends without a word of the model', async () => {
    const full = new Fault('storage.full', 'The disk is full.')
    const { send, done, news } = setup([['x']], { synced: () => Promise.reject(full) })
    await expect(send('r1', 'lost')).rejects.toBe(full)
    await until(() => ofType(news, 'run.ended').length > 0)
    expect(news).toMatchObject([{ type: 'run.ended', state: 'error', errorMessage: 'The disk is full.' }])
    await expect(done('r1')).rejects.toBe(full)
  })

  test('the same key is the same run, while it goes on and after it ended', async () => {
    const gate = Promise.withResolvers<void>()
    const { send, done, roles } = setup([['a', gate.promise, 'b']])
    void send('r1', 'once')
    expect((await send('r1', 'once')).status).toBe('in_flight')
    gate.resolve()
    await done('r1')
    expect((await send('r1', 'once')).status).toBe('ok')
    expect(roles()).toEqual(['user', 'assistant'])
  })

  test('runs the tools it asks for and goes on with their results', async () => {
    const { send, done, provider, roles, news } = setup([['Looking.', call], ['It is blue.']])
    void send('r1', 'what colour?')
    await done('r1')
    expect(roles()).toEqual(['user', 'assistant', 'toolResult', 'assistant'])
    expect(provider.requests[1]?.messages.at(-1)).toMatchObject({ role: 'toolResult', content: [{ text: 'blue' }] })
    expect(ofType(news, 'run.tool').map(({ data }) => data.phase)).toEqual(['start', 'result'])
    expect(ofType(news, 'run.ended')[0]?.message?.content).toEqual([{ type: 'text', text: 'Looking.\n\nIt is blue.' }])
  })

  test('how far a call has come is stored before anybody is told, once for each phase', async () => {
    const seen: unknown[] = []
    const { send, done, sessions, news } = setup([[call], ['done']], {
      runTool: async (_, { onUpdate }) => {
        for (const phase of ['approval', 'running', 'running'] as const) {
          sessions.noteCall = (_runId, id, { phase: noted }) =>
            void seen.push([id, noted, ofType(news, 'run.tool').length])
          onUpdate({ text: '', details: { where: 'gateway test', phase } })
        }
        return textOutcome('blue', {})
      },
    })
    void send('r1', 'look')
    await done('r1')
    expect(seen).toEqual([
      ['c1', 'approval', 1],
      ['c1', 'running', 2],
    ])
  })

  test('an abort keeps what was said, tells why, and leaves no tool call open', async () => {
    const never = new Promise<void>(() => {})
    const { send, runs, news, sessions } = setup([['half an ', never]])
    void send('r1', 'tell me')
    await until(() => ofType(news, 'run.text').length > 0)
    expect(runs.abort('main', 'r1', 'rpc')).toEqual(['r1'])
    await runs.settled(['r1'])
    expect(ofType(news, 'run.ended')[0]).toMatchObject({ state: 'aborted', stopReason: 'rpc' })
    expect(sessions.history(key).messages.at(-1)).toMatchObject({
      stopReason: 'aborted',
      content: [{ text: 'half an ' }],
    })
  })

  test('what was said before a tool call is in the log once, also when the run is stopped at that call', async () => {
    const { send, runs, sessions } = setup([['let me see', call]], {
      runTool: async (_call, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return textOutcome('stopped', {})
      },
    })
    void send('r1', 'look')
    await until(() => sessions.history(key).messages.some(({ role }) => role === 'assistant'))
    runs.abort('main', 'r1', 'rpc')
    await runs.settled(['r1'])
    expect(sessions.history(key).messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'toolResult'])
    expect(sessions.run('r1')).toMatchObject({ status: 'aborted' })
  })

  test('a provider that fails ends the run as an error that says what to do', async () => {
    const fault = new Fault('provider.unauthorized', 'The key was refused.', { remedy: 'Set OPENAI_API_KEY.' })
    const { send, done, news } = setup([[fault]])
    void send('r1', 'hi')
    expect(await done('r1')).toMatchObject({ status: 'error' })
    expect(ofType(news, 'run.ended')[0]).toMatchObject({
      state: 'error',
      errorMessage: 'The key was refused. Set OPENAI_API_KEY.',
    })
  })

  test('a bug ends the run with a plain sentence, and the bug itself goes to the log', async () => {
    const { send, done, news, bugs } = setup([[new TypeError('x is not a function')]])
    void send('r1', 'hi')
    await done('r1')
    expect(bugs).toHaveLength(1)
    expect(ofType(news, 'run.ended')[0]?.errorMessage).not.toContain('x is not')
  })

  test('a tool loop without end is stopped and said so', async () => {
    const { send, done, provider } = setup([[call]])
    void send('r1', 'loop')
    expect(await done('r1')).toMatchObject({ status: 'error', errorMessage: expect.stringContaining('64 times') })
    expect(provider.requests).toHaveLength(64)
  })

  test('a run past its time is stopped with the reason timeout', async () => {
    const never = new Promise<void>(() => {})
    const { send, runs, clock, news } = setup([['a', never]])
    void send('r1', 'hi')
    await until(() => ofType(news, 'run.text').length > 0)
    clock.advance(600_000)
    await runs.settled(['r1'])
    expect(ofType(news, 'run.ended')[0]).toMatchObject({ state: 'aborted', stopReason: 'timeout' })
  })
})

describe('several runs', () => {
  test('one at a time in a session, in order; other sessions do not wait', async () => {
    const gate = Promise.withResolvers<void>()
    const { send, done, news, provider } = setup([[gate.promise, 'first'], ['other'], ['second']])
    void send('r1', 'one')
    await until(() => provider.requests.length === 1)
    void send('r2', 'two')
    void send('o1', 'elsewhere', 'side')
    await done('o1')
    expect(ofType(news, 'run.queued').map(({ run }) => run.runId)).toEqual(['r2'])
    expect(ofType(news, 'run.ended').map(({ run }) => run.runId)).toEqual(['o1'])
    gate.resolve()
    await done('r2')
    expect(ofType(news, 'run.ended').map(({ run }) => run.runId)).toEqual(['o1', 'r1', 'r2'])
  })

  test('an abort of the session stops the waiting ones too, and nothing they said reaches a model', async () => {
    const never = new Promise<void>(() => {})
    const { send, runs, provider, news } = setup([['a', never]])
    void send('r1', 'one')
    await until(() => ofType(news, 'run.text').length > 0)
    void send('r2', 'two')
    expect(runs.abort('main', undefined, 'stop')).toEqual(['r1', 'r2'])
    await runs.settled(['r1', 'r2'])
    expect(provider.requests).toHaveLength(1)
    expect(runs.activeCount).toBe(0)
  })

  test('a slash command is answered without a model and never shown to one', async () => {
    const { runs, send, done, provider, clock, roles } = setup([['hi']])
    const message = { role: 'user' as const, content: '/status', timestamp: clock.now(), command: true as const }
    await runs.answer({ runId: 'c1', sessionKey: 'main', message, source: 'test' }, async () => 'all well')
    void send('r1', 'hello')
    await done('r1')
    expect(roles()).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(provider.requests[0]?.messages).toHaveLength(1)
  })

  test('a slash command that fails unexpectedly is closed in the log, and sent again meanwhile it runs once', async () => {
    const { runs, clock, sessions } = setup([])
    const message = { role: 'user' as const, content: '/status', timestamp: clock.now(), command: true as const }
    const request = { runId: 'c1', sessionKey: 'main', message, source: 'test' }
    const slow = Promise.withResolvers<string>()
    const answer = runs.answer(request, () => slow.promise)
    expect(await runs.answer(request, async () => 'a second time')).toEqual({ runId: 'c1', status: 'in_flight' })
    slow.reject(new TypeError('a bug'))
    await expect(answer).rejects.toThrow('a bug')
    expect(sessions.run('c1')).toMatchObject({ status: 'error' })
    expect(sessions.openRuns()).toEqual([])
  })

  test('IN9: at most a thousand runs wait; the next is refused before anything of it is stored', async () => {
    const { send, sessions, runs } = setup([[new Promise<string>(() => {})]])
    for (let i = 0; i < 1000; i++) void send(`r${i}`, 'x')
    await expect(send('one more', 'x')).rejects.toMatchObject({ code: 'gateway.busy', retryable: true })
    expect([runs.activeCount, sessions.run('one more')]).toEqual([1000, undefined])
    expect(await send('r7', 'x')).toEqual({ runId: 'r7', status: 'in_flight' })
  })
})
