/** Two ways to one real gateway, straight and through a real SSH server: when one dies, the conversation goes on by the other. */

import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { slowModel, words } from '../support/slow-model.ts'
import { startSshd } from '../support/sshd.ts'
import { history, operator, textOf } from './support.ts'
import { add, ending, patiently, proxied } from './through-proxy.ts'

test('TU12: a conversation goes from way to way as they die, in the middle of an answer: 0 lost, 0 doubled, and back again', async () => {
  const reply = Array.from({ length: 400 }, (_, i) => `word-${i} `).join('')
  await using model = await slowModel(({ question }) => (question === 'go on' ? words(reply, 3) : ['It was read.']))
  const { proxy, options } = await proxied(model)
  await using _ = proxy
  await using gateway = await startBuiltGateway(options)
  await using sshd = await startSshd()
  await using home = await Home.make()
  const others = [sshd.way({ gatewayPort: gateway.port })]
  await using seen = await home.connect(proxy.url, { token: gateway.token }, { others, home: sshd.home })
  const isLiveBy = (kind: string) => () => {
    const { phase, transport } = seen.connection.view
    return phase === 'live' && transport === kind
  }
  await seen.until(isLiveBy('direct'))
  const runId = await add(seen, 'go on')
  await seen.until(() => seen.text(runId).includes('word-50 '))
  proxy.become(() => ({ refuse: true }))
  proxy.cut()
  const second = await add(seen, 'meanwhile')
  await seen.until(isLiveBy('ssh'))
  expect(seen.connection.view.route).toMatch(/^ssh2 › /)
  await seen.until(() => seen.text(runId).includes('word-200 '))
  proxy.become(() => ({}))
  for (const pid of sshd.sessions()) process.kill(pid, 'SIGKILL')
  await seen.until(isLiveBy('direct'))
  await seen.until(() => ending(seen, second).some(({ payload }) => 'state' in payload && payload.state === 'final'))
  expect(seen.text(runId)).toBe(reply)
  expect(ending(seen, runId)).toHaveLength(1)
  const [first, ...later] = seen.attachments
  expect(first?.kind).toBe('fresh')
  expect(later.map(({ kind }) => kind)).toEqual(['resumed', 'resumed'])
  expect(model.asked.map(({ question }) => question)).toEqual(['go on', 'meanwhile'])
  using other = await operator(gateway)
  const said = (await history(other)).map(({ content }) => textOf(content))
  expect(said).toEqual(['go on', reply, 'meanwhile', 'It was read.'])
})

test('a way that swallows everything is given up for the other one, and nothing of the answer is missing', async () => {
  const reply = Array.from({ length: 700 }, (_, i) => `word-${i} `).join('')
  await using model = await slowModel(() => words(reply, 20))
  const { proxy, options } = await proxied(model)
  await using _ = proxy
  await using gateway = await startBuiltGateway(options)
  await using sshd = await startSshd()
  await using home = await Home.make()
  const others = [sshd.way({ gatewayPort: gateway.port })]
  await using seen = await home.connect(proxy.url, { token: gateway.token }, { others, home: sshd.home })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const runId = await add(seen, 'go')
  await seen.until(() => seen.text(runId).length > 200)
  const heardBefore = seen.text(runId).length
  proxy.blackhole(true)
  const since = Date.now()
  await patiently(
    () => seen.connection.view.transport === 'ssh' && seen.text(runId).length > heardBefore + 200,
    20_000,
    () => 'the answer by the other way',
  )
  expect(Date.now() - since).toBeLessThan(14_500) // 8 s of silence, then a second connection; and what a busy machine adds
  await patiently(
    () => ending(seen, runId).length > 0,
    30_000,
    () => 'the end',
  )
  expect(seen.text(runId)).toBe(reply)
  expect(seen.attachments.map(({ kind }) => kind)).toEqual(['fresh', 'resumed'])
}, 60_000)
