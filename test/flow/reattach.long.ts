/** What takes its time: a hundred cuts of one reply, and a silence that is only noticed by waiting. */

import { expect, test } from 'vitest'
import { Home, type Observed } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { type Beat, slowModel, words } from '../support/slow-model.ts'
import { history, operator, textOf } from './support.ts'
import { add, ending, patiently, proxied } from './through-proxy.ts'

function seqOf(seen: Observed, runId: string): number[] {
  return seen.events.flatMap((event) =>
    event.name === 'chat' && event.payload.runId === runId ? [event.payload.seq] : [],
  )
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
    proxy.cuts >= 100 // not by the number of connections: one that the client gave up itself was not cut
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
    () => `the end after ${proxy.cuts} cuts, ${JSON.stringify(seen.connection.view.phase)}`,
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
  expect(Date.now() - since).toBeLessThan(14_500) // 10.5 s of silence, looked at each second; and what a busy machine adds
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
