/** A real browser with a hostile page on another port of this machine, against a gateway that holds something. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { BrowserName } from '../support/browsers.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { attack, startOpenServer } from '../support/hostile-site.ts'
import { slowModel } from '../support/slow-model.ts'
import { ask, call, history, operator } from './support.ts'

const secret = 'the-heron-nests-under-the-pier'

/** What the page can read of a server that is open to all, and what it can change there. */
const readable = [
  ...['socket', 'socket, secret in the address', 'socket, secret as subprotocol', 'fetch', 'fetch health'],
  ...['fetch with the secret', 'fetch posting JSON with the secret', 'fetch posting text', 'XMLHttpRequest'],
  ...['event source', 'script'],
]
const writable = [
  ...['fetch posting JSON with the secret', 'fetch posting text', 'fetch no-cors posting text', 'beacon'],
  ...['form', 'form multipart', 'form text/plain'],
]

/** The page gets nothing and changes nothing, though it knows the secret; of an open server it gets everything. */
export async function expectNothingGot(browser: BrowserName, guesses: number, limitMs: number): Promise<void> {
  await using model = await slowModel(() => ['noted'])
  const endpoint = { http: { endpoints: { chatCompletions: { enabled: true } } } }
  await using gateway = await startBuiltGateway({ config: model.config({ gateway: endpoint }) })
  await using open = await startOpenServer(secret)
  const state = async () => {
    using owner = await operator(gateway)
    const { sessions } = await call(owner, 'sessions.list')
    const { pending, paired } = await call(owner, 'device.pair.list')
    const config = readFileSync(join(gateway.stateDir, 'clawdbot.json'), 'utf8')
    return { sessions, pending, paired, config, messages: await history(owner), asked: model.asked.length }
  }
  using owner = await operator(gateway)
  await ask(owner, secret)
  const before = await state()

  const targets = { gateway, open: { port: open.port, token: gateway.token } }
  const report = await attack(browser, targets, { guesses, limitMs })

  expect(await state()).toEqual(before)
  const { rebound, guessed, ...direct } = report.gateway
  for (const got of Object.values(direct)) expect(Object.entries(got).filter(([, text]) => text !== null)).toEqual([])
  // A rebound name is an origin of its own, so its page reads the refusal, and only that.
  const refusal = '421 This gateway does not answer to that Host name.'
  expect(rebound).toEqual({
    'rebound fetch': refusal,
    'rebound fetch with the secret': refusal,
    'rebound socket': null,
    'rebound event source': null,
  })
  expect(guessed).toBe(0)
  using later = await operator(gateway)
  expect(await call(later, 'health')).toMatchObject({ ok: true })

  for (const got of [report.open['127.0.0.1'], report.open.localhost]) {
    expect(readable.filter((way) => !got[way]?.includes(secret))).toEqual([])
  }
  expect(Object.entries(report.open.rebound ?? {}).filter(([, text]) => !text?.includes(secret))).toEqual([])
  expect(report.open.guessed).toBe(guesses)
  expect(writable.filter((way) => !open.changed.includes(`changed by ${way}`))).toEqual([])
}
