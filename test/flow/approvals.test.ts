/** Commands and who may let them run: the built-in provider asks for `run uptime`, operators answer, and the real output comes back. */

import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventFrame } from '../../src/shared/protocol/frame.ts'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { makeDevice } from '../support/device.ts'
import type { RawClient } from '../support/raw-client.ts'
import { ask, call, ended, history, type Json, operator, send, textOf } from './support.ts'

type Approval = { id: string; request: Json; expiresAtMs: number; createdAtMs: number }

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await startBuiltGateway()
})
afterAll(async () => await gateway?.[Symbol.asyncDispose]())

describe.each([3, 4] as const)('with peers of protocol %i', (protocol) => {
  let writer: RawClient
  let approver: RawClient
  let reader: RawClient
  let sessions = 0

  const joined = (scopes: string[]) =>
    operator(gateway, { protocol, device: makeDevice(), range: { min: protocol, max: protocol }, scopes })

  beforeAll(async () => {
    writer = await joined(['operator.write'])
    approver = await joined(['operator.approvals'])
    reader = await joined(['operator.read'])
  })

  afterAll(() => {
    for (const client of [writer, approver, reader]) client?.[Symbol.dispose]()
  })

  /** Sends it in a session of its own and waits for the question. */
  async function asking(message: string) {
    const sessionKey = `agent:main:approval-${protocol}-${++sessions}`
    const runId = randomUUID()
    const asked = approver.event(
      'exec.approval.requested',
      ({ request }) => (request as Json).sessionKey === sessionKey,
    )
    await send(writer, message, runId, sessionKey)
    return { sessionKey, runId, ...((await asked).payload as Approval) }
  }

  const outcome = async (runId: string) => {
    const { state, message } = ((await ended(writer, runId)) as EventFrame).payload as Json
    return { state, text: textOf((message as { content: unknown } | undefined)?.content ?? '') }
  }
  const answer = (client: RawClient, id: string, decision: string) =>
    client.request('exec.approval.resolve', { id, decision })

  test('approved once by a second client, the command runs and its real output is the answer', async () => {
    const { id, request, runId, expiresAtMs, createdAtMs } = await asking('run uptime')
    expect(request).toMatchObject({ command: 'uptime', resolvedPath: expect.stringContaining('/uptime') })
    expect(expiresAtMs - createdAtMs).toBe(120_000)
    expect((await answer(approver, id, 'allow-once')).ok).toBe(true)
    const { state, text } = await outcome(runId)
    expect(state).toBe('final')
    expect(text).toMatch(/load average/)
    const resolved = await approver.event('exec.approval.resolved', (payload) => payload.id === id)
    expect(resolved.payload).toMatchObject({ decision: 'allow-once' })
    // Once is once.
    const again = await asking('run uptime')
    await answer(approver, again.id, 'deny')
    await outcome(again.runId)
  })

  test('denied, it does not run, and the answer says so', async () => {
    const file = join(gateway.stateDir, 'workspace', `denied-${protocol}`)
    const { id, runId, sessionKey } = await asking(`run touch ${file}`)
    await answer(approver, id, 'deny')
    const { state, text } = await outcome(runId)
    expect(state).toBe('final')
    expect(text).toMatch(/denied|refused|not run|declined/i)
    expect(existsSync(file)).toBe(false)
    expect((await history(writer, sessionKey)).some(({ role, isError }) => role === 'toolResult' && isError)).toBe(true)
    const late = await answer(approver, id, 'allow-once')
    expect(late.error).toMatchObject({
      code: protocol === 4 ? 'APPROVAL_NOT_FOUND' : 'INVALID_REQUEST',
      message: 'unknown approval id',
    })
  })

  test('AU10, AU11: who may write but not approve neither sees, nor answers, nor slips the answer in as text', async () => {
    const file = join(gateway.stateDir, 'workspace', `slipped-${protocol}`)
    const { id, runId, sessionKey } = await asking(`run touch ${file}`)
    expect(writer.events.some(({ event }) => event.startsWith('exec.approval'))).toBe(false)
    const code = protocol === 4 ? 'FORBIDDEN' : 'INVALID_REQUEST'
    const refusal = { code, message: 'missing scope: operator.approvals' }
    expect((await answer(writer, id, 'allow-once')).error).toMatchObject(refusal)
    expect((await send(writer, `/approve ${id} once`, randomUUID(), sessionKey)).error).toMatchObject(refusal)
    expect((await send(writer, `  /APPROVE ${id}`, randomUUID(), 'agent:main:other')).error).toMatchObject(refusal)
    for (const command of ['/new', '/reset', '/compact']) {
      const refused = await send(writer, command, randomUUID(), sessionKey)
      expect(refused.error).toMatchObject({ code, message: 'missing scope: operator.admin' })
    }
    expect((await send(reader, 'hello')).error).toMatchObject({ code, message: 'missing scope: operator.write' })
    expect((await send(approver, `/approve ${id} once`)).error).toMatchObject({ code }) // to send is to write
    await answer(approver, id, 'deny')
    await outcome(runId)
    expect(existsSync(file)).toBe(false)
  })

  test('who may do both answers with /approve and a part of the id', async () => {
    using both = await joined(['operator.write', 'operator.approvals'])
    const { id, runId } = await asking('run echo approved-in-words \u202e')
    const waiting = await ask(both, '/approve', 'agent:main:elsewhere')
    expect(waiting).toContain(`\`${id.slice(0, 8)}\`: "echo approved-in-words \\u{202e}"`)
    expect(await ask(both, `/approve ${id.slice(0, 8)} once`, 'agent:main:elsewhere')).toMatch(/answered/i)
    expect((await outcome(runId)).text).toContain('approved-in-words')
  })

  test('an answer nobody knows the meaning of is refused and decides nothing', async () => {
    const { id, runId } = await asking('run uptime')
    for (const decision of ['', 'yes', 'ALLOW-ONCE', 'allow-once ']) {
      expect((await answer(approver, id, decision)).ok).toBe(false)
    }
    const { approvals } = await call(approver, 'exec.approval.list')
    expect((approvals as Approval[]).map((each) => each.id)).toContain(id)
    await answer(approver, id, 'deny')
    await outcome(runId)
  })

  test('EX7: a run that is stopped takes its question back', async () => {
    const { id, runId, sessionKey } = await asking('run uptime')
    await call(writer, 'chat.abort', { sessionKey, runId })
    const resolved = await approver.event('exec.approval.resolved', (payload) => payload.id === id)
    expect(resolved.payload).toMatchObject({ decision: 'deny' })
    expect((await answer(approver, id, 'allow-once')).ok).toBe(false)
    expect(await outcome(runId)).toMatchObject({ state: 'aborted' })
  })

  test('the approver leaving decides nothing; another may still answer', async () => {
    const { id, runId } = await asking('run uptime')
    approver[Symbol.dispose]()
    await approver.closed
    approver = await joined(['operator.approvals'])
    const { approvals } = await call(approver, 'exec.approval.list')
    expect((approvals as Approval[]).map((each) => each.id)).toEqual([id])
    expect((await answer(approver, id, 'allow-once')).ok).toBe(true)
    expect((await outcome(runId)).text).toMatch(/load average/)
  })

  test('allowed always, the same command is not asked about again; another one is', async () => {
    const command = `run uname ${protocol === 4 ? '-s' : '-o'}`
    const { id, runId } = await asking(command)
    await answer(approver, id, 'allow-always')
    expect((await outcome(runId)).text).toContain('Linux')
    expect(await ask(writer, command, 'agent:main:always')).toContain('Linux')
    const other = await asking('run uname -m')
    await answer(approver, other.id, 'deny')
    await outcome(other.runId)
  })

  test('EX7: a question of a client that nobody answers ends with null, and everybody is told it was denied', async () => {
    const request = approver.request('exec.approval.request', {
      id: `mine-${protocol}`,
      command: 'ls',
      timeoutMs: 1_000,
    })
    await approver.event('exec.approval.requested', ({ id }) => id === `mine-${protocol}`)
    const resolved = await approver.event('exec.approval.resolved', ({ id }) => id === `mine-${protocol}`)
    expect(resolved.payload).toMatchObject({ decision: 'deny' })
    expect((await request).payload).toMatchObject({ id: `mine-${protocol}`, decision: null })
  })
})
