import { expect, test } from 'vitest'
import { createBus } from '../../../src/server/bus.ts'
import type { HandlerContext } from '../../../src/server/gateway/context.ts'
import { execMethods } from '../../../src/server/methods/exec.ts'
import { Approvals } from '../../../src/server/tools/exec/approvals.ts'
import { ManualClock } from '../../support/clock.ts'

function setUp(protocol: 3 | 4 = 3) {
  const clock = new ManualClock()
  const approvals = new Approvals({ bus: createBus(() => {}), clock })
  const connection = new AbortController()
  const context: HandlerContext = {
    signal: connection.signal,
    accept: () => {},
    peer: {
      connId: 'c',
      protocol,
      role: 'operator',
      scopes: new Set(['operator.approvals']),
      caps: new Set(),
      client: { id: 'clawdbot-tui', mode: 'ui', version: '1', platform: 'linux', displayName: 'laptop' },
      remoteAddress: '127.0.0.1',
      isLocal: true,
      authMethod: 'token',
      connectedAtMs: 0,
    },
  }
  return { clock, approvals, connection, context, handlers: execMethods({ approvals }) }
}

test('a request is answered only when somebody decides, with the decision', async () => {
  const { handlers, context, approvals } = setUp()
  const answer = handlers['exec.approval.request']({ id: 'a', command: 'ls' }, context)
  expect(await handlers['exec.approval.list']({}, context)).toEqual({ approvals: approvals.list() })
  expect(await handlers['exec.approval.resolve']({ id: 'a', decision: 'allow-always' }, context)).toEqual({ ok: true })
  expect(await answer).toMatchObject({ id: 'a', decision: 'allow-always' })
})

test('EX7: a request that expires, or whose connection closes, is answered with no decision', async () => {
  const { handlers, context, clock, connection, approvals } = setUp()
  const late = handlers['exec.approval.request']({ command: 'ls', timeoutMs: 5000 }, context)
  clock.advance(5000)
  expect(await late).toMatchObject({ decision: null })
  const lost = handlers['exec.approval.request']({ command: 'ls' }, context)
  connection.abort()
  expect(await lost).toMatchObject({ decision: null })
  expect(approvals.list()).toEqual([])
})

test('refusals have the texts that clients match on', async () => {
  const { handlers, context } = setUp()
  void handlers['exec.approval.request']({ id: 'a', command: 'ls' }, context)
  const request = async () => handlers['exec.approval.request']({ id: 'a', command: 'ls' }, context)
  const resolve = async (id: string, decision: string) => handlers['exec.approval.resolve']({ id, decision }, context)
  await expect(request()).rejects.toMatchObject({ code: 'INVALID_REQUEST', message: 'approval id already pending' })
  await expect(resolve('b', 'deny')).rejects.toMatchObject({ code: 'INVALID_REQUEST', message: 'unknown approval id' })
  await expect(resolve('a', 'maybe')).rejects.toMatchObject({ code: 'INVALID_REQUEST', message: 'invalid decision' })
  const four = setUp(4)
  const unknown = async () => four.handlers['exec.approval.resolve']({ id: 'b', decision: 'deny' }, four.context)
  await expect(unknown()).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND', message: 'unknown approval id' })
})
