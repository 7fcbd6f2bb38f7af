/** Our client through a proxy that breaks the line, against the gateway as a process: no word lost, none doubled. */

import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { Home, type Observed } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { type Chaos, ChaosProxy } from '../support/chaos-proxy.ts'
import { freePort } from '../support/free-port.ts'
import { type Beat, type SlowModel, slowModel, words } from '../support/slow-model.ts'
import { call, history, mainSession, operator, textOf } from './support.ts'

/** A proxy, and the configuration and port of the gateway behind it, which has to know the proxy's address as its own. */
async function proxied(model: SlowModel, chaos?: (connection: number) => Chaos) {
  const port = await freePort()
  const proxy = await ChaosProxy.before(port, chaos)
  const config = model.config({ gateway: { allowedHosts: [new URL(proxy.url).host] } })
  return { proxy, options: { config, port } }
}

/** What a screen would have of a run, ending included; every run's text is kept from its own deltas. */
function ending(seen: Observed, runId: string) {
  return seen.events.filter(
    ({ name, payload }) =>
      name === 'chat' && (payload as { runId: string; state: string }).runId === runId && payload.state !== 'delta',
  )
}

function seqOf(seen: Observed, runId: string): number[] {
  return seen.events.flatMap((event) =>
    event.name === 'chat' && event.payload.runId === runId ? [event.payload.seq] : [],
  )
}

async function add(seen: Observed, message: string, idempotencyKey: string = randomUUID()): Promise<string> {
  await seen.connection.outbox.add({ sessionKey: mainSession, message, idempotencyKey })
  return idempotencyKey
}

async function patiently(check: () => boolean, limitMs: number, what: () => string): Promise<void> {
  await expect.poll(check, { timeout: limitMs, interval: 10, message: what() }).toBe(true)
}

test('E2, TU11, TU12: 100 cuts at chosen bytes of a streamed reply lose no word, double none, and end once', async () => {
  await using home = await Home.make()
  let reply = ''
  await using model = await slowModel(function* (): Iterable<Beat> {
    for (let i = 0; proxy.cuts < 100; i++) {
      const word = `word-${i}${i % 11 === 10 ? ' 日本語 🙂\n' : ' '}`
      reply += word
      yield word
      yield 4
    }
  })
  const { proxy, options } = await proxied(model)
  await using _ = proxy
  await using gateway = await startBuiltGateway(options)
  await using seen = await home.connect(proxy.url, { token: gateway.token })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const greetingBytes = proxy.bytes
  const runId = await add(seen, 'tell me everything')
  await patiently(
    () => seen.text(runId) !== '',
    5_000,
    () => 'the first words',
  )
  // Every fourth connection dies inside the greeting, the others among the events; a prime step varies the byte.
  proxy.become((connection) =>
    connection > 100
      ? {}
      : {
          cutAfterBytes:
            connection % 4 === 0 ? (connection * 211) % greetingBytes : greetingBytes + ((connection * 197) % 5_000),
        },
  )
  proxy.cut() // from here on each connection dies by itself
  const retrying = setInterval(() => seen.connection.view.phase === 'waiting' && seen.connection.retry(), 5)
  await patiently(
    () => ending(seen, runId).length > 0,
    60_000,
    () => `the end after ${proxy.cuts} cuts`,
  )
  clearInterval(retrying)
  expect(seen.text(runId)).toBe(reply)
  expect(ending(seen, runId)).toHaveLength(1)
  const order = seqOf(seen, runId)
  expect(order).toEqual([...new Set(order)].sort((a, b) => a - b))
  const resumed = seen.attachments.slice(1)
  expect(resumed.length).toBeGreaterThan(20) // the others were cut again before the replay was over
  expect(new Set(resumed.map(({ kind }) => kind))).toEqual(new Set(['resumed']))
  using other = await operator(gateway)
  const stored = await history(other)
  expect(stored.map(({ role }) => role)).toEqual(['user', 'assistant'])
  expect(textOf(stored[1]?.content)).toBe(reply)
  expect(model.asked).toHaveLength(1)
}, 90_000)

test('messages written while the line is down, or cut while being sent, arrive once and in order', async () => {
  await using home = await Home.make()
  await using model = await slowModel(({ question }) => [`you said ${question}`])
  const { proxy, options } = await proxied(model)
  await using _ = proxy
  await using gateway = await startBuiltGateway(options)
  await using seen = await home.connect(proxy.url, { token: gateway.token })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  proxy.become(() => ({ refuse: true }))
  proxy.cut()
  await seen.until(({ connection }) => connection.view.phase !== 'live')
  const messages = Array.from({ length: 20 }, (_, i) => `message ${i}`)
  const keys: string[] = []
  for (const message of messages) keys.push(await add(seen, message))
  // Half of the connections die while the client speaks: some with the message sent and its answer lost.
  proxy.become((connection) =>
    connection % 2 === 0
      ? { cutAfterSentBytes: 1_100 + ((connection * 97) % 900) }
      : {
          cutAfterBytes: 4_500 + ((connection * 131) % 3_000),
        },
  )
  const retrying = setInterval(() => seen.connection.view.phase === 'waiting' && seen.connection.retry(), 5)
  await patiently(
    () => seen.connection.outbox.entries.length === 0,
    30_000,
    () => 'an empty outbox',
  )
  clearInterval(retrying)
  expect(proxy.cuts).toBeGreaterThan(3)
  using other = await operator(gateway)
  for (const runId of keys) await call(other, 'agent.wait', { runId })
  const said = (await history(other)).filter(({ role }) => role === 'user').map(({ content }) => textOf(content))
  expect(said).toEqual(messages)
  expect(model.asked.map(({ question }) => question)).toEqual(messages)
}, 60_000)

test('a line that swallows everything is noticed within 12 seconds, and nothing of the reply is missing afterwards', async () => {
  await using home = await Home.make()
  const reply = Array.from({ length: 500 }, (_, i) => `word-${i} `).join('')
  await using model = await slowModel(() => words(reply, 20))
  const { proxy, options } = await proxied(model, () => ({ delayMs: 5 }))
  await using _ = proxy
  await using gateway = await startBuiltGateway(options)
  await using seen = await home.connect(proxy.url, { token: gateway.token })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const runId = await add(seen, 'go')
  await patiently(
    () => seen.text(runId).length > 200,
    5_000,
    () => 'the first words',
  )
  proxy.blackhole(true)
  const since = Date.now()
  await patiently(
    () => seen.connection.view.phase !== 'live',
    16_000,
    () => 'the loss to be seen',
  )
  expect(Date.now() - since).toBeLessThan(12_500) // 10.5 s of silence, looked at each second; and what a busy machine adds
  proxy.blackhole(false)
  seen.connection.retry()
  await patiently(
    () => ending(seen, runId).length > 0,
    20_000,
    () => 'the end',
  )
  expect(seen.text(runId)).toBe(reply)
  expect(seen.attachments.map(({ kind }) => kind)).toEqual(['fresh', 'resumed'])
}, 60_000)

test('a gateway that was started anew tells the client to start over, and the history has what was said', async () => {
  await using home = await Home.make()
  await using model = await slowModel(({ question }) =>
    question === 'one' ? ['first answer'] : ['half of ', new Promise(() => {})],
  )
  const { proxy, options } = await proxied(model)
  await using _ = proxy
  await using first = await startBuiltGateway(options)
  await using seen = await home.connect(proxy.url, { token: first.token })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const one = await add(seen, 'one')
  await seen.until(() => ending(seen, one).length > 0)
  const two = await add(seen, 'two')
  await seen.until(() => seen.text(two) !== '')
  await first.kill9()
  await seen.until(({ connection }) => connection.view.phase !== 'live')
  const three = await add(seen, 'one')

  await using _second = await startBuiltGateway({ ...options, stateDir: first.stateDir })
  seen.connection.retry()
  await patiently(
    () => seen.attachments.at(-1)?.kind === 'resync',
    10_000,
    () => 'the word to start over',
  )
  await patiently(
    () => ending(seen, three).length > 0,
    10_000,
    () => 'the answer to what was written meanwhile',
  )
  const fetched = await seen.connection.call('chat.history', { sessionKey: mainSession })
  expect(fetched.messages.map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'user',
    'assistant',
    'user',
    'assistant',
  ])
  expect(fetched.messages[3]).toMatchObject({ stopReason: 'interrupted' })
}, 40_000)
