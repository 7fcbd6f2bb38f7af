/** A way that dies without a word is noticed only by waiting; meanwhile the other one has taken over. */

import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { slowModel, words } from '../support/slow-model.ts'
import { startSshd } from '../support/sshd.ts'
import { add, ending, patiently, proxied } from './through-proxy.ts'

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
