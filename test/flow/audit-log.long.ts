/** The audit log of a real gateway process, read while it runs by the line command: what happened, in order, chained. */

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { clientPaths } from '../../src/client/paths.ts'
import { clawdbot } from '../cli/world.ts'
import type { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { makeDevice } from '../support/device.ts'
import { RawClient } from '../support/raw-client.ts'
import { ended, type Json, operator, send } from './support.ts'

test('OP7: logins, refusals, approvals, commands and changed settings are in the log of a real gateway', async () => {
  await using gateway = await startBuiltGateway()
  const { stateDir, url, token } = gateway
  const world = { dir: stateDir, paths: clientPaths({ CLAWDBOT_STATE_DIR: stateDir }, stateDir) } as Home
  const log = async (...words: string[]) => await clawdbot(world, ['audit', 'log', ...words])

  using stranger = new RawClient(url)
  expect((await stranger.connect({ auth: { token: 'canary-wrong-token' } })).ok).toBe(false)
  using owner = await operator(gateway, { device: makeDevice() })
  const [runId, sessionKey] = [randomUUID(), 'agent:main:audit']
  const asked = owner.event('exec.approval.requested')
  await send(owner, 'run uptime', runId, sessionKey)
  const { id } = (await asked).payload as { id: string }
  await owner.request('exec.approval.resolve', { id, decision: 'allow-once' })
  await ended(owner, runId)
  expect((await clawdbot(world, ['config', 'set', 'logging.level', 'debug'])).code).toBe(0)

  const entries = (await log('--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { what: string; facts: Json })
  const kinds = entries.map(({ what }) => what)
  for (const what of ['gateway.started', 'auth.refused', 'auth.accepted', 'approval.asked', 'approval.answered']) {
    expect(kinds).toContain(what)
  }
  expect(entries.find(({ what }) => what === 'exec.ran')?.facts).toMatchObject({
    command: 'uptime',
    where: expect.stringContaining('gateway '),
    exitCode: 0,
  })
  expect(entries.at(-1)).toMatchObject({ what: expect.stringMatching(/^config\./) })
  expect(JSON.stringify(entries)).not.toContain('canary-wrong-token')
  expect(JSON.stringify(entries)).not.toContain(token)
  expect(await log('--verify')).toMatchObject({ code: 0, out: expect.stringContaining('none changed or missing') })
  expect((await log('--what', 'auth')).out).toContain('auth.refused')
})

test('OP7: what the end of the gateway ends is in the log before it is called stopped', async () => {
  await using gateway = await startBuiltGateway()
  using owner = await operator(gateway, { device: makeDevice() })
  const asked = owner.event('exec.approval.requested')
  await send(owner, 'run uptime')
  await asked
  gateway.child.kill('SIGTERM')
  await once(gateway.child, 'exit')
  const world = { dir: gateway.stateDir, paths: clientPaths({ CLAWDBOT_STATE_DIR: gateway.stateDir }, '') } as Home
  const lines = (await clawdbot(world, ['audit', 'log', '--json'])).out.trim().split('\n')
  const kinds = lines.map((line) => (JSON.parse(line) as { what: string }).what)
  expect(kinds.slice(-4)).toEqual(['approval.asked', 'approval.unanswered', 'exec.not-run', 'gateway.stopped'])
})

test('a damaged chain is said plainly, and a missing log is no failure', async () => {
  await using gateway = await startBuiltGateway()
  const { stateDir } = gateway
  const world = { dir: stateDir, paths: clientPaths({ CLAWDBOT_STATE_DIR: stateDir }, stateDir) } as Home
  const { DatabaseSync } = await import('node:sqlite')
  {
    using db = new DatabaseSync(`${stateDir}/audit.db`)
    db.exec(`UPDATE journal SET what = 'gateway.stopped'`)
  }
  expect(await clawdbot(world, ['audit', 'log', '--verify'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('tampered with or damaged: entry 1'),
  })
  await gateway.kill9()
  await rm(`${stateDir}/audit.db`, { force: true })
  expect(await clawdbot(world, ['audit', 'log'])).toMatchObject({
    code: 0,
    err: expect.stringContaining('no audit log'),
  })
})
