/** Our client through a proxy that breaks the line, against the gateway as a process: no word lost, none doubled. */

import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { slowModel } from '../support/slow-model.ts'
import { call, history, mainSession, operator, textOf } from './support.ts'
import { add, ending, patiently, proxied } from './through-proxy.ts'

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
