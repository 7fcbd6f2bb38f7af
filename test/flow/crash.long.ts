/** A gateway killed at the worst moments and started again on the same state: what was acknowledged is there. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BuiltGatewayOptions, startBuiltGateway } from '../support/built-gateway.ts'
import { requireProgram } from '../support/programs.ts'
import { type Beat, slowModel, words } from '../support/slow-model.ts'
import { ended, heard, history, type Json, operator, send, textOf } from './support.ts'

let stateDir: string

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'clawdbot-crash-'))
})

afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true })
})

const start = (options: BuiltGatewayOptions = {}) => startBuiltGateway({ stateDir, ...options })

const never = () => new Promise<void>(() => {})

test('DU1, DU5: killed in mid-stream, it comes back with the message and every word that was heard, marked interrupted', async () => {
  const said = words('one two three four five six seven eight nine ten')
  await using model = await slowModel(({ question }) =>
    question === 'count' ? [...said.flatMap((word): Beat[] => [word, 20]), never()] : ['all is well'],
  )
  const config = model.config()
  await using first = await start({ config })
  const before = await operator(first)
  expect((await send(before, 'count', 'key-1')).payload).toMatchObject({ runId: 'key-1', status: 'started' })
  await before.event('chat', () => heard(before, 'key-1').includes('seven'))
  const arrived = heard(before, 'key-1')
  await first.kill9()

  await using second = await start({ config })
  using after = await operator(second)
  const [question, reply, ...more] = await history(after)
  expect(more).toEqual([])
  expect(question).toMatchObject({ role: 'user', content: 'count' })
  expect(reply).toMatchObject({ role: 'assistant', stopReason: 'interrupted' })
  expect(textOf(reply?.content).startsWith(arrived)).toBe(true)
  expect(said.join('').startsWith(textOf(reply?.content))).toBe(true)

  // The same key is the same run: nothing is asked of the model again.
  const again = await send(after, 'count', 'key-1')
  expect(again).toMatchObject({ ok: true, payload: { runId: 'key-1' } })
  expect((again.payload as Json).status).not.toBe('started')
  expect(await history(after)).toHaveLength(2)

  await send(after, 'how are you?', 'key-2')
  expect((await ended(after, 'key-2')).payload).toMatchObject({ state: 'final' })
  const last = model.asked.at(-1)?.messages.map(({ role }) => role)
  expect(last).toEqual(['system', 'user', 'assistant', 'user'])
  expect(model.asked).toHaveLength(2)
})

test('EX7, DU5: an approval that waits when the gateway dies is denied, and its tool call is closed', async () => {
  const touched = join(stateDir, 'workspace', 'touched')
  await using model = await slowModel(({ messages }) =>
    messages.some(({ role }) => role === 'tool')
      ? ['done']
      : ['I will look. ', { tool: 'exec', args: { command: `touch ${touched}` } }],
  )
  const config = model.config()
  await using first = await start({ config })
  const before = await operator(first)
  await send(before, 'touch it', 'key-1')
  const asked = await before.event('exec.approval.requested')
  const { id } = asked.payload as { id: string }
  await first.kill9()

  await using second = await start({ config })
  using after = await operator(second)
  expect((await after.request('exec.approval.list', {})).payload).toEqual({ approvals: [] })
  const late = await after.request('exec.approval.resolve', { id, decision: 'allow-once' })
  expect(late.ok).toBe(false)
  const stored = await history(after)
  expect(stored.map(({ role }) => role)).toEqual(['user', 'assistant', 'toolResult'])
  expect(stored[2]).toMatchObject({ isError: true })
  expect(textOf(stored[2]?.content)).toMatch(/interrupted|restart|stopped/i)
  expect((await after.request('agent.wait', { runId: 'key-1', timeoutMs: 1000 })).payload).toMatchObject({
    status: 'error',
  })

  await send(after, 'and now?', 'key-2')
  expect((await ended(after, 'key-2')).payload).toMatchObject({ state: 'final' })
  expect(() => execFileSync('ls', [touched], { stdio: 'ignore' })).toThrow()
})

test('EX11: no process of a command outlives the gateway that is killed and started again', async () => {
  const mark = String(700_000 + Math.floor(Math.random() * 90_000))
  const command = `sleep ${mark} & setsid sleep ${mark} & (sleep ${mark} &) ; sleep ${mark}`
  await using model = await slowModel(({ messages }) =>
    messages.some(({ role }) => role === 'tool') ? ['done'] : [{ tool: 'exec', args: { command } }],
  )
  const config = model.config({ tools: { exec: { security: 'full' } } })
  const sleepers = () =>
    execFileSync(requireProgram('ps'), ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.trim() === `sleep ${mark}`).length
  await using first = await start({ config })
  const before = await operator(first)
  await send(before, 'sleep', 'key-1')
  await expect.poll(sleepers, { timeout: 10_000 }).toBe(4)
  await first.kill9()
  expect(sleepers()).toBeGreaterThan(0)

  await using second = await start({ config })
  expect(sleepers()).toBe(0)
  using after = await operator(second)
  expect((await history(after)).at(-1)).toMatchObject({ role: 'toolResult', isError: true })
})

test('a run that waits behind another when the gateway dies is not lost without a word', async () => {
  await using model = await slowModel(({ question }) => (question === 'first' ? ['thinking ', never()] : ['fine']))
  const config = model.config()
  await using first = await start({ config })
  const before = await operator(first)
  await send(before, 'first', 'key-1')
  await before.event('chat', (payload) => payload.state === 'delta')
  await send(before, 'second', 'key-2')
  await first.kill9()

  await using second = await start({ config })
  using after = await operator(second)
  const stored = await history(after)
  expect(stored.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(['first', 'second'])
  for (const runId of ['key-1', 'key-2']) {
    expect((await after.request('agent.wait', { runId, timeoutMs: 1000 })).payload).toMatchObject({ status: 'error' })
  }
})
