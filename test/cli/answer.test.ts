import { expect, test } from 'vitest'
import { AnswerWriter } from '../../src/cli/answer.ts'
import { Interrupted } from '../../src/cli/interrupted.ts'
import { Home, until } from '../client/support.ts'
import { noAnswer, StandInGateway, type StandInPeer } from '../support/stand-in-gateway.ts'
import { clawdbot } from './world.ts'

type Params = Record<string, unknown>
const sessionKey = 'agent:main:main'
const assistant = (text: string) => ({ message: { role: 'assistant', content: [{ type: 'text', text }] } })
const chat = (params: Params, state: string, more: object = {}) => ({
  ...{ runId: params.idempotencyKey, sessionKey, seq: 1, state },
  ...more,
})

/** A gateway that plays `play` after each `chat.send`, as events of that run. */
const playing = (play: (params: Params, peer: StandInPeer) => void, more: object = {}) =>
  StandInGateway.start({
    methods: {
      'chat.send': (params, peer) => {
        setImmediate(() => play(params, peer))
        return { runId: params.idempotencyKey, status: 'started' }
      },
      'chat.abort': () => ({ ok: true, aborted: true, runIds: [] }),
      ...more,
    },
  })

const piped = (home: Home, gateway: StandInGateway, input: string, signal?: AbortSignal) =>
  clawdbot(home, ['--url', gateway.url], { input, ...(signal ? { signal } : {}) })

test('a piped question streams its answer, and only its answer, to standard output', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) => {
    peer.event('chat', { ...chat(params, 'delta', assistant('of another run')), runId: 'other' })
    for (const text of ['Hel', 'Hello', 'Hello\n\n- you']) peer.event('chat', chat(params, 'delta', assistant(text)))
    peer.event('chat', chat(params, 'final', assistant('Hello\n\n- you there')))
  })
  const heard: string[] = []
  const ran = await clawdbot(home, ['--url', gateway.url], { input: ' hi there\n', onText: (text) => heard.push(text) })
  expect(ran).toEqual({ code: 0, out: 'Hello\n\n- you there\n', err: '' })
  expect(heard.length).toBeGreaterThan(3)
  expect(gateway.received[0]?.params).toMatchObject({ sessionKey, message: 'hi there', deliver: false })
})

test('agent is told what it can be given, and nothing else is sent', async () => {
  await using home = await Home.make()
  await using gateway = await playing(() => {})
  const agent = async (...words: string[]) => {
    const { code, err } = await clawdbot(home, ['agent', '--url', gateway.url, '--message', 'hi', ...words])
    return `${code} ${err}`
  }
  expect(await agent('--thinking', 'hihg')).toMatch(
    /^2 ❌ --thinking is "hihg", and can be off, .* xhigh\. Did you mean high\?\n/,
  )
  expect(await agent('--session', ' ')).toMatch(/^2 ❌ --session needs the key of a session\n/)
  expect(await agent('--message', 'x'.repeat(200_001))).toMatch(
    /^2 ❌ The message is longer than 200000 characters\n {3}Shorten it/,
  )
  expect(gateway.received).toEqual([])
})

test('a run that fails says why on standard error and ends with 1', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) => {
    peer.event('chat', chat(params, 'delta', assistant('Half')))
    peer.event('chat', chat(params, 'error', { errorMessage: 'the model refused\u001b]0;x\u0007' }))
  })
  const ran = await piped(home, gateway, 'hi')
  expect(ran).toEqual({ code: 1, out: 'Half\n', err: '✗ the model refused\\x1b]0;x\\x07\n' })
})

test('an ending without any text is not mistaken for an answer', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) => peer.event('chat', chat(params, 'final')))
  const ran = await piped(home, gateway, 'hi')
  expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('without an answer') })
})

test('an answer cut off at the output limit says so beside it', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) =>
    peer.event('chat', chat(params, 'final', { ...assistant('Half a'), stopReason: 'length' })),
  )
  const ran = await piped(home, gateway, 'hi')
  expect(ran).toMatchObject({ code: 0, out: 'Half a\n', err: expect.stringContaining('reached its output limit') })
})

test('a command waiting for approval is said on standard error and never answered from a pipe', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) => {
    const request = { command: 'rm -rf /\u202e', host: 'gateway', sessionKey }
    peer.event('exec.approval.requested', { id: 'a', request, createdAtMs: 1, expiresAtMs: 2 })
    peer.event('chat', chat(params, 'final', assistant('done')))
  })
  const ran = await piped(home, gateway, 'run it')
  expect(ran).toMatchObject({ code: 0, out: 'done\n' })
  expect(ran.err).toContain('waits for approval on gateway: rm -rf /\\u202e\n')
  expect(ran.err).toContain('open the terminal in another window: clawdbot')
  expect(gateway.received.map(({ method }) => method)).toEqual(['chat.send'])
})

test('a command that waits is also said of a session named in short, and beside JSON; of another session it is not', async () => {
  await using home = await Home.make()
  const tell = (peer: StandInPeer) => {
    for (const session of ['q1', 'q2']) {
      const request = { command: `uptime ${session}`, where: 'gateway vps-1', sessionKey: `agent:main:${session}` }
      peer.event('exec.approval.requested', { id: session, request, createdAtMs: 1, expiresAtMs: 2 })
    }
  }
  await using gateway = await playing(
    (params, peer) => {
      tell(peer)
      peer.event('chat', chat(params, 'final', assistant('done')))
    },
    {
      agent: (_: Params, peer: StandInPeer) => {
        tell(peer)
        return { runId: 'k', status: 'ok' }
      },
    },
  )
  const words = ['agent', '--url', gateway.url, '--session', 'q1', '--message', 'run uptime']
  const err =
    '⏸ A command waits for approval on gateway vps-1: uptime q1\n' +
    '  To answer it, open the terminal in another window: clawdbot\n'
  expect(await clawdbot(home, words)).toEqual({ code: 0, out: 'done\n', err })
  expect(await clawdbot(home, [...words, '--json'])).toMatchObject({ code: 0, err })
})

test('Ctrl+C stops the run on the gateway too', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) => peer.event('chat', chat(params, 'delta', assistant('Slow'))))
  const interrupt = new AbortController()
  const running = clawdbot(home, ['--url', gateway.url], {
    input: 'hi',
    signal: interrupt.signal,
    onText: () => setImmediate(() => interrupt.abort(new Error('interrupted'))),
  })
  expect(await running).toMatchObject({ code: 130, out: 'Slow\n' })
  await until(() => gateway.received.length === 2)
  expect(gateway.received[1]).toMatchObject({ method: 'chat.abort', params: { sessionKey } })
})

test.each([[], ['--json']])(
  'a run that is not over within --timeout is stopped on the gateway, and told so: agent %j',
  async (...mode) => {
    await using home = await Home.make()
    await using gateway = await playing(
      (params, peer) => peer.event('chat', chat(params, 'delta', assistant('Slow'))),
      {
        agent: () => noAnswer,
      },
    )
    const words = ['agent', '--url', gateway.url, '--session', 'q1', '--message', 'hi', '--timeout', '1500', ...mode]
    const { code, out, err } = await clawdbot(home, words)
    expect(code).toBe(5)
    expect(mode.length > 0 ? out : err).toContain('The answer was not complete within 1500 ms, and was stopped')
    if (mode.length === 0) expect(out).toBe('Slow\n')
    const [asked, stopped] = gateway.received
    const runId = asked?.params.idempotencyKey
    expect(stopped).toMatchObject({ method: 'chat.abort', params: { sessionKey: 'q1', runId } })
  },
)

test('SIGTERM stops the run on the gateway with --json too, and ends with 143', async () => {
  await using home = await Home.make()
  const end = new AbortController()
  await using gateway = await playing(() => {}, {
    agent: () => {
      setImmediate(() => end.abort(new Interrupted('SIGTERM')))
      return noAnswer
    },
  })
  const words = ['agent', '--url', gateway.url, '--message', 'hi', '--json']
  expect(await clawdbot(home, words, { signal: end.signal })).toEqual({ code: 143, out: '', err: '' })
  expect(gateway.received.map(({ method }) => method)).toEqual(['agent', 'chat.abort'])
})

test.each([[], ['--json']])(
  'what it waits for is said: another message of the session, and the command that one asks for: agent %j',
  async (...mode) => {
    await using home = await Home.make()
    const request = { command: 'uptime', where: 'gateway vps-1', sessionKey }
    const approval = { id: 'a', request, createdAtMs: 1, expiresAtMs: 2 }
    const isDone = { runId: 'k', status: 'ok' }
    const tell = (params: Params, peer: StandInPeer) =>
      peer.event('chat', { ...chat(params, 'status'), phase: 'queued' })
    let finish = () => {}
    await using gateway = await playing(
      (params, peer) => {
        tell(params, peer)
        finish = () => peer.event('chat', chat(params, 'final', assistant('done')))
      },
      {
        agent: (params: Params, peer: StandInPeer) => {
          tell(params, peer)
          return new Promise((resolve) => {
            finish = () => resolve(isDone)
          })
        },
        'exec.approval.list': () => {
          setImmediate(() => finish())
          return {
            approvals: [{ ...approval, id: 'b', request: { ...request, sessionKey: 'agent:main:q2' } }, approval],
          }
        },
      },
    )
    const ran = await clawdbot(home, ['agent', '--url', gateway.url, '--message', 'hi', ...mode])
    expect(ran).toMatchObject({
      code: 0,
      err:
        '⏳ Another message of this session is answered first: agent:main:main\n' +
        '⏸ A command waits for approval on gateway vps-1: uptime\n' +
        '  To answer it, open the terminal in another window: clawdbot\n',
    })
  },
)

test('a session of an agent that the gateway does not have is a slip, and nothing is sent', async () => {
  await using home = await Home.make()
  await using gateway = await playing(() => {}, {
    'agents.list': () => ({
      defaultId: 'main',
      mainKey: 'main',
      scope: 'per-sender',
      agents: [{ id: 'main' }, { id: 'Work' }],
    }),
    agent: () => ({ runId: 'k', status: 'ok' }),
  })
  const asked = (session: string, ...more: string[]) =>
    clawdbot(home, ['agent', '--url', gateway.url, '--message', 'hi', '--session', session, ...more])
  expect(await asked('agent:nope:main')).toEqual({
    code: 2,
    out: '',
    err: '❌ There is no agent nope at this gateway\n   It has: main, Work. A key without agent:<name>: is a session of the agent main.\n',
  })
  expect(await asked('agent:nope:main', '--json')).toMatchObject({
    code: 2,
    out: expect.stringContaining('no agent nope'),
  })
  expect(gateway.received.map(({ method }) => method)).toEqual(['agents.list', 'agents.list'])
  for (const session of ['notes', 'agent:main:x', 'agent:work:x'])
    expect(await asked(session, '--json')).toMatchObject({ code: 0 })
})

test('a connection lost in the middle says so, with the exit code of an unreachable gateway', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) => {
    peer.event('chat', chat(params, 'delta', assistant('Half')))
    setImmediate(() => peer.cut())
  })
  const ran = await piped(home, gateway, 'hi')
  expect(ran).toMatchObject({ code: 4, err: expect.stringContaining('the answer may go on without us') })
})

test('a gateway that stops takes the answer with it, which is not told as going on', async () => {
  await using home = await Home.make()
  await using gateway = await playing((params, peer) => {
    peer.event('chat', chat(params, 'delta', assistant('Half')))
    setImmediate(() => peer.close(1012, 'service restart'))
  })
  const ran = await piped(home, gateway, 'hi')
  expect(ran).toMatchObject({ code: 4, err: expect.stringContaining('is restarting, and the answer ended with it') })
})

test('agent --message prints the answer; with --json the final result of the run', async () => {
  await using home = await Home.make()
  const result = { runId: 'k', status: 'ok', summary: 'completed', result: { payloads: [{ text: 'yes' }] } }
  await using gateway = await playing((params, peer) => peer.event('chat', chat(params, 'final', assistant('yes'))), {
    agent: () => result,
  })
  const words = ['agent', '--url', gateway.url, '--message', 'really?']
  expect(await clawdbot(home, words)).toEqual({ code: 0, out: 'yes\n', err: '' })
  expect(JSON.parse((await clawdbot(home, [...words, '--json'])).out)).toEqual(result)
})

test('nothing piped in and no terminal: how things stand and how to open the screen', async () => {
  await using home = await Home.make()
  const ran = await clawdbot(home, ['--port', '1'], { input: ' \n' })
  expect(ran).toMatchObject({ code: 0, err: '' })
  expect(ran.out).toMatch(/^❌ Not running\n[\s\S]*run clawdbot in a terminal/)
})

test('nothing piped in, and a gateway named: how that one stands, or why not, also as JSON', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 's' })
  const named = async (...words: string[]) => await clawdbot(home, words, { input: '' })
  const there = await named('--url', gateway.url, '--token', 's')
  expect(there).toMatchObject({ code: 0, err: '' })
  expect(there.out).toContain(`Address:   ${gateway.url} (--url)\n`)
  const json = await named('--url', gateway.url, '--token', 's', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ gateway: { url: gateway.url } })
  expect(await named('--url', gateway.url, '--token', 'no')).toMatchObject({ code: 3, out: '' })
  expect(await named('--url', 'ws://127.0.0.1:1')).toMatchObject({ code: 4, out: '' })
  expect(await named('--profile', 'nope')).toMatchObject({ code: 2, out: '' })
  const fault = await named('--profile', 'nope', '--json')
  expect(JSON.parse(fault.out)).toMatchObject({ ok: false, error: { code: 'profile.unknown' } })
  const here = await named('--json', '--port', '1')
  expect(here.code).toBe(0)
  expect(JSON.parse(here.out)).toMatchObject({ running: false, port: 1 })
})

test('a piped question with --json prints the final result of the run', async () => {
  await using home = await Home.make()
  const result = { runId: 'k', status: 'ok', result: { payloads: [{ text: 'yes' }] } }
  await using gateway = await playing(() => {}, { agent: () => result })
  const { code, out } = await clawdbot(home, ['--url', gateway.url, '--json'], { input: 'really?' })
  expect({ code, answer: JSON.parse(out) }).toEqual({ code: 0, answer: result })
})

test('text already written is never repeated; text that changed starts on a line of its own', () => {
  const write = (...texts: string[]) => {
    let out = ''
    const writer = new AnswerWriter((text) => {
      out += text
    })
    for (const text of texts) writer.whole(text)
    writer.end()
    return out
  }
  expect(write('a', 'ab', 'ab')).toBe('ab\n')
  expect(write('ab \n', 'ab')).toBe('ab \n')
  expect(write('ab', 'xy')).toBe('ab\n\nxy\n')
  expect(write('', '')).toBe('')
})
