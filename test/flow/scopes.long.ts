/** AU10: every method a running gateway advertises, called by every role with every scope, on both protocols. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ResponseFrame } from '../../src/shared/protocol/frame.ts'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { makeDevice } from '../support/device.ts'
import type { RawClient } from '../support/raw-client.ts'
import { operator } from './support.ts'

/**
 * Who may call what, written down from section 6.1 of the wire reference and apart from the gateway's own table. What is
 * not here needs `operator.admin`: a method that is added without a thought is closed to everybody else.
 */
const mayCall: Record<string, readonly string[]> = {
  'operator.read': [
    ...['health', 'status', 'logs.tail', 'channels.status', 'usage.status', 'usage.cost', 'models.list', 'agents.list'],
    ...['agent.identity.get', 'sessions.list', 'sessions.preview', 'sessions.resolve', 'sessions.describe'],
    ...['sessions.search', 'sessions.subscribe', 'system-presence', 'last-heartbeat', 'node.list', 'node.describe'],
    ...['chat.history', 'config.get', 'commands.list', 'question.list', 'reattach'],
  ],
  'operator.write': [
    ...['agent', 'agent.wait', 'chat.send', 'chat.abort', 'node.invoke', 'sessions.create', 'sessions.patch'],
    'send',
  ],
  'operator.approvals': [
    ...['exec.approval.request', 'exec.approval.resolve', 'exec.approval.list', 'plugin.approval.list'],
  ],
  'operator.pairing': [
    ...['node.pair.request', 'node.pair.list', 'node.pair.approve', 'node.pair.reject', 'node.rename'],
    ...['node.pair.remove', 'node.pair.verify'],
    ...[
      'device.pair.list',
      'device.pair.approve',
      'device.pair.reject',
      'device.pair.grant',
      'device.token.rotate',
      'device.token.revoke',
    ],
    ...['list', 'approve', 'reject', 'revoke'].map((word) => `channels.pairing.${word}`),
  ],
}
const forNodes = ['node.invoke.result', 'node.invoke.progress', 'node.event', 'skills.bins']

const roles: { role: string; scopes: string[]; allowed: (method: string) => boolean }[] = [
  { role: 'node', scopes: [], allowed: (method) => forNodes.includes(method) },
  { role: 'node', scopes: ['operator.admin'], allowed: (method) => forNodes.includes(method) },
  { role: 'operator', scopes: ['operator.admin'], allowed: (method) => !forNodes.includes(method) },
  { role: 'operator', scopes: ['operator.unheard-of'], allowed: () => false },
  ...Object.entries(mayCall).map(([scope, methods]) => ({
    role: 'operator',
    scopes: [scope],
    // Who may write may read.
    allowed: (method: string) =>
      methods.includes(method) || (scope === 'operator.write' && (mayCall['operator.read'] ?? []).includes(method)),
  })),
]

const isDenied = ({ error }: ResponseFrame) => /^(missing scope|unauthorized role):/.test(error?.message ?? '')

describe.each([3, 4] as const)('AU10: on protocol %i', (protocol) => {
  let gateway: RunningGateway
  let methods: string[]

  const join = (role: string, scopes: string[]): Promise<RawClient> =>
    operator(gateway, {
      ...{ protocol, device: makeDevice(), range: { min: protocol, max: protocol }, role, scopes },
      client: role === 'node' ? { id: 'node-host', mode: 'node' } : { id: 'gateway-client', mode: 'ui' },
    })

  beforeAll(async () => {
    gateway = await startBuiltGateway()
    using admin = await join('operator', ['operator.admin'])
    const hello = admin.frames.find((frame) => frame.type === 'res')?.payload as { features: { methods: string[] } }
    methods = [...hello.features.methods, 'config.set', 'no.such.method']
  })

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
  })

  test('every method of the list exists', () => {
    expect([...Object.values(mayCall).flat(), ...forNodes].filter((method) => !methods.includes(method))).toEqual([])
  })

  test.each(roles)('$role with $scopes', async ({ role, scopes, allowed }) => {
    using client = await join(role, scopes)
    // Wrong params: who is let in hears about those, and nothing happens.
    const wrong = { 'no such param': true }
    const answers = await Promise.all(
      methods.map(async (method) => ({ method, ...(await client.request(method, wrong)) })),
    )
    const denied = answers.filter(isDenied).map(({ method }) => method)
    expect(denied).toEqual(methods.filter((method) => !allowed(method)))
    const codes = answers.flatMap(({ error }) => (error?.message.startsWith('missing scope:') ? [error.code] : []))
    expect(new Set(codes)).toEqual(
      new Set(codes.length === 0 ? [] : [protocol === 4 ? 'FORBIDDEN' : 'INVALID_REQUEST']),
    )
  })
})
