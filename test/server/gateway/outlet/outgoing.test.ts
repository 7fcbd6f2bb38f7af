import { expect, test } from 'vitest'
import type { Peer } from '../../../../src/server/gateway/context.ts'
import { outgoing } from '../../../../src/server/gateway/outlet/outgoing.ts'
import { type EventName, eventTable } from '../../../../src/shared/protocol/table.ts'
import { peerWith } from '../../../support/peer.ts'

const reader = peerWith({ scopes: ['operator.read'] })
const writer = peerWith({ scopes: ['operator.write'] })
const approver = peerWith({ scopes: ['operator.approvals'] })
const pairer = peerWith({ scopes: ['operator.pairing'] })
const admin = peerWith({ scopes: ['operator.admin'] })
const nobody = peerWith({ scopes: [] })
const node = peerWith({ role: 'node', scopes: ['operator.admin'] })

const everyone = { reader, writer, approver, pairer, admin, nobody, node }
const audience: Partial<Record<EventName, (keyof typeof everyone)[]>> = {
  tick: ['reader', 'writer', 'approver', 'pairer', 'admin', 'nobody', 'node'],
  health: ['reader', 'writer', 'approver', 'pairer', 'admin', 'nobody', 'node'],
  shutdown: ['reader', 'writer', 'approver', 'pairer', 'admin', 'nobody', 'node'],
  chat: ['reader', 'writer', 'admin'],
  agent: ['reader', 'writer', 'admin'],
  presence: ['reader', 'writer', 'admin'],
  'sessions.changed': ['reader', 'writer', 'admin'],
  'exec.approval.requested': ['approver', 'admin'],
  'exec.approval.resolved': ['approver', 'admin'],
  'device.pair.requested': ['pairer', 'admin'],
  'device.pair.resolved': ['pairer', 'admin'],
  'channels.pairing.requested': ['pairer', 'admin'],
  'channels.pairing.resolved': ['pairer', 'admin'],
  'node.pair.requested': ['pairer', 'admin'],
  'node.pair.resolved': ['pairer', 'admin'],
  'node.invoke.request': [],
  'node.invoke.cancel': [],
  'node.invoke.output': [],
  'connect.challenge': ['reader', 'writer', 'approver', 'pairer', 'admin', 'nobody', 'node'],
}

test.each([...eventTable.keys()] as EventName[])('the event %s is heard by those section 2.6 names', (event) => {
  const item = outgoing({ event, payload: {} })
  const heardBy = Object.entries(everyone).filter(([, peer]) => item.mayReach(peer))
  expect(heardBy.map(([name]) => name)).toEqual(audience[event])
})

test('an addressed event reaches that connection alone', () => {
  const item = outgoing({ event: 'node.invoke.request', payload: {}, onlyTo: node.connId })
  expect(Object.values(everyone).filter((peer: Peer) => item.mayReach(peer))).toEqual([node])
})

test('an event nobody declared is heard by nobody', () => {
  const item = outgoing({ event: 'cron' as EventName, payload: {} })
  expect(item.mayReach(admin)).toBe(false)
})
