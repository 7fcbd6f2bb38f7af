import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { CallError } from '../../../src/server/gateway/call-error.ts'
import { createDispatch, maxInFlight } from '../../../src/server/gateway/dispatch.ts'
import { keepEncoded } from '../../../src/server/gateway/encoded.ts'
import type { Handlers } from '../../../src/server/methods/table.ts'
import { Fault } from '../../../src/shared/fault.ts'
import type { ResponseFrame } from '../../../src/shared/protocol/frame.ts'
import { operatorScopes, type Scope } from '../../../src/shared/protocol/scope.ts'
import { methodList, methodTable } from '../../../src/shared/protocol/table.ts'
import { peerWith } from '../../support/peer.ts'

type Handler = (params: unknown, context: { accept(payload: unknown): void }) => unknown

/** A caller and what it was answered; every method answers `called`, apart from those given. */
function dispatchOn(handlers: Record<string, Handler> = {}, peer = peerWith()) {
  const all = Object.fromEntries(methodList.map(({ name }) => [name, handlers[name] ?? (() => ({ called: name }))]))
  const logged: unknown[] = []
  const log = { info() {}, warn() {}, error: (message: string, fields?: unknown) => logged.push({ message, fields }) }
  const dispatch = createDispatch({ handlers: all as unknown as Handlers, log })
  const answers: ResponseFrame[] = []
  const caller = {
    peer,
    signal: new AbortController().signal,
    inFlight: 0,
    respond: (text: string) => answers.push(JSON.parse(text) as ResponseFrame),
  }
  const call = (method: string, params?: unknown) => {
    dispatch(caller, { type: 'req', id: 'r1', method, ...(params !== undefined && { params }) })
    return answers.at(-1) as ResponseFrame
  }
  return { call, answers, caller, logged }
}

/** Whether the answer shows that authority was missing, as opposed to anything later. */
const isDenied = ({ error }: ResponseFrame) =>
  error?.message.startsWith('missing scope:') || error?.message.startsWith('unauthorized role:') || false

const implied: Record<string, Scope[]> = {
  'operator.admin': ['public', 'read', 'write', 'approvals', 'pairing', 'admin'],
  'operator.read': ['public', 'read'],
  'operator.write': ['public', 'read', 'write'],
  'operator.approvals': ['public', 'approvals'],
  'operator.pairing': ['public', 'pairing'],
}

describe('AU10: every method, for every role and scope', () => {
  test.each(methodList.map(({ name }) => name))('%s', (name) => {
    const method = methodTable.get(name)
    for (const scope of [...operatorScopes, 'operator.unknown', 'admin']) {
      const operator = dispatchOn({}, peerWith({ scopes: [scope] })).call(name)
      const isAllowed = method?.role === 'operator' && (implied[scope] ?? ['public']).includes(method.scope)
      expect([scope, isDenied(operator)]).toEqual([scope, !isAllowed])
      const node = dispatchOn({}, peerWith({ role: 'node', scopes: [scope] })).call(name)
      expect(isDenied(node)).toBe(method?.role !== 'node')
    }
    expect(isDenied(dispatchOn({}, peerWith({ scopes: [] })).call(name))).toBe(
      method?.role !== 'operator' || method.scope !== 'public',
    )
  })
})

describe('the words of refusals (section 2.2)', () => {
  test.each([
    ['an admin asks for what is not', peerWith(), 'no.such', 'INVALID_REQUEST', 'unknown method: no.such'],
    [
      'a reader asks for what is not',
      peerWith({ scopes: ['operator.read'] }),
      'no.such',
      'FORBIDDEN',
      'missing scope: operator.admin',
    ],
    [
      'a reader writes',
      peerWith({ scopes: ['operator.read'] }),
      'chat.send',
      'FORBIDDEN',
      'missing scope: operator.write',
    ],
    [
      'a protocol 3 reader writes',
      peerWith({ protocol: 3, scopes: ['operator.read'] }),
      'chat.send',
      'INVALID_REQUEST',
      'missing scope: operator.write',
    ],
    ['a node asks for health', peerWith({ role: 'node' }), 'health', 'INVALID_REQUEST', 'unauthorized role: node'],
    [
      'a node asks for what is not',
      peerWith({ role: 'node' }),
      'no.such',
      'INVALID_REQUEST',
      'unauthorized role: node',
    ],
    ['an operator answers for a node', peerWith(), 'node.event', 'INVALID_REQUEST', 'unauthorized role: operator'],
    ['somebody connects again', peerWith(), 'connect', 'INVALID_REQUEST', 'connect is only valid as the first request'],
    ['a name from the prototype', peerWith(), 'constructor', 'INVALID_REQUEST', 'unknown method: constructor'],
  ] as const)('%s', (_, peer, method, code, message) => {
    expect(dispatchOn({}, peer).call(method, {})).toMatchObject({ ok: false, error: { code, message } })
  })

  test('protocol 4 is told which scope is missing', () => {
    const { error } = dispatchOn({}, peerWith({ scopes: [] })).call('chat.send')
    expect(error?.details).toEqual({
      code: 'MISSING_SCOPE',
      missingScope: 'operator.write',
      requiredScopes: ['operator.write'],
    })
  })

  test('wrong params name what is wrong, and the handler is not called', () => {
    const { call } = dispatchOn()
    expect(call('chat.history', {}).error?.message).toBe(
      "invalid chat.history params: must have required property 'sessionKey'",
    )
    expect(call('chat.history', { sessionKey: 'main', nope: 1 }).error?.message).toContain("unexpected property 'nope'")
    expect(call('chat.history', []).error?.message).toMatch(/^invalid chat\.history params: /)
  })

  test('absent params are empty params', () => {
    expect(dispatchOn().call('health')).toMatchObject({ ok: true, payload: { called: 'health' } })
  })
})

describe('what handlers throw', () => {
  const failing = (error: unknown) =>
    dispatchOn({
      health: () => {
        throw error
      },
    })
  test.each([
    [
      'a fault about the request',
      new Fault('usage.invalid', 'No such thing.', { remedy: 'Look again.' }),
      'INVALID_REQUEST',
    ],
    ['a fault about the world', new Fault('storage.full', 'No such thing.', { remedy: 'Look again.' }), 'UNAVAILABLE'],
  ])('%s reaches the caller with its remedy', (_, fault, code) => {
    expect(failing(fault).call('health')).toMatchObject({
      error: { code, message: 'No such thing.', details: { remedy: 'Look again.', fault: fault.code } },
    })
  })
  test('a call error reaches the caller word for word, with its payload', () => {
    const error = new CallError('APPROVAL_NOT_FOUND', 'unknown approval id', {
      details: { id: 'x' },
      payload: { runId: 'r' },
    })
    expect(failing(error).call('health')).toEqual({
      type: 'res',
      id: 'r1',
      ok: false,
      payload: { runId: 'r' },
      error: { code: 'APPROVAL_NOT_FOUND', message: 'unknown approval id', details: { id: 'x' } },
    })
  })
  test('a bug is logged with its stack, and the caller reads a plain sentence', () => {
    const { call, logged } = failing(new TypeError("Cannot read '/etc/secret'"))
    const { error } = call('health')
    expect(error).toEqual({
      code: 'UNAVAILABLE',
      message: 'The gateway failed while handling health. Its log says more.',
    })
    expect(JSON.stringify(logged)).toContain('dispatch.test.ts')
  })
  test('a rejected promise is as good as a throw', async () => {
    const { call, answers } = dispatchOn({ health: async () => Promise.reject(new Fault('tool.denied', 'Denied.')) })
    call('health')
    await expect.poll(() => answers).toMatchObject([{ error: { message: 'Denied.' } }])
  })
})

test('agent answers twice under one id', () => {
  const { call, answers } = dispatchOn({
    agent: (_, { accept }) => {
      accept({ status: 'accepted' })
      return { status: 'ok' }
    },
  })
  call('agent', { message: 'x', idempotencyKey: 'k' })
  expect(answers).toMatchObject([
    { id: 'r1', payload: { status: 'accepted' } },
    { id: 'r1', payload: { status: 'ok' } },
  ])
})

test('more than 256 open requests are refused for now, and answered ones make room', async () => {
  const gate = Promise.withResolvers<unknown>()
  const { call, caller } = dispatchOn({ status: () => gate.promise })
  for (let i = 0; i < maxInFlight; i++) call('status')
  expect(call('health')).toMatchObject({ error: { code: 'UNAVAILABLE', retryable: true } })
  gate.resolve({})
  await expect.poll(() => caller.inFlight).toBe(0)
  expect(call('health')).toMatchObject({ ok: true })
})

test('a kept result is serialised once', () => {
  let count = 0
  const result = keepEncoded({
    toJSON() {
      count++
      return { ok: true }
    },
  })
  const { call } = dispatchOn({ health: () => result })
  for (let i = 0; i < 10; i++) expect(call('health')).toMatchObject({ payload: { ok: true } })
  expect(count).toBe(1)
})

test('every method has params and a result that can be described', () => {
  for (const { params, result } of methodList as readonly { params: z.ZodType; result: z.ZodType }[]) {
    expect(params.safeParse).toBeTypeOf('function')
    expect(result.safeParse).toBeTypeOf('function')
  }
})
