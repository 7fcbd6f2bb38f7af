import { expect, test } from 'vitest'
import type { Connection } from '../../../src/client/connection-api.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { LateGateway } from '../../../src/tui/gateway/late-gateway.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const shown = { name: 'local', url: 'ws://127.0.0.1:1', transport: 'direct' }

function connectionOf(script: ReturnType<typeof scriptedGateway>): Connection {
  const connection = Object.create(script.gateway) as Connection
  return Object.assign(connection, { request: async () => {}, [Symbol.asyncDispose]: async () => {} })
}

test('a message written before the connection is open reaches its outbox', async () => {
  const script = scriptedGateway()
  const opening = Promise.withResolvers<Connection>()
  await using gateway = new LateGateway({ view: shown, open: () => opening.promise })
  gateway.connect()
  expect(gateway.view).toMatchObject({ phase: 'connecting', name: 'local' })
  const added = gateway.outbox.add({ idempotencyKey: 'k1', sessionKey: 'main', message: 'early' })
  opening.resolve(connectionOf(script))
  await added
  expect(script.gateway.outbox.entries.map(({ message }) => message)).toEqual(['early'])
  expect(gateway.view.name).toBe('vps-1')
})

test('a gateway that cannot be started says why, and is tried again when asked', async () => {
  let tries = 0
  await using gateway = new LateGateway({
    view: shown,
    open: async () => {
      tries += 1
      throw new Fault('gateway.start-failed', 'The gateway ended while starting', { remedy: 'Read its log.' })
    },
  })
  gateway.connect()
  await new Promise((next) => setImmediate(next))
  expect(gateway.view).toMatchObject({ phase: 'failed', fault: { message: 'The gateway ended while starting' } })
  gateway.retry()
  await new Promise((next) => setImmediate(next))
  expect(tries).toBe(2)
})

test('where nobody listens, the remedy is the one this screen has', async () => {
  const script = scriptedGateway()
  await using gateway = new LateGateway({
    view: shown,
    open: async () => connectionOf(script),
    retryRemedy: 'ctrl+r starts it again.',
  })
  gateway.connect()
  await new Promise((next) => setImmediate(next))
  script.become({
    phase: 'waiting',
    fault: new Fault('client.refused', 'Nothing listens there', { remedy: 'Start it.' }),
  })
  expect(gateway.view.fault?.remedy).toBe('ctrl+r starts it again.')
  expect(gateway.view).toBe(gateway.view)
})

test('given up and wanted again it opens anew; what was written before it opened at all still gets there', async () => {
  const [first, second] = [scriptedGateway(), scriptedGateway()]
  const openings = [first, second].map(() => Promise.withResolvers<Connection>())
  let opened = 0
  await using gateway = new LateGateway({
    view: shown,
    open: () => openings[opened++]?.promise ?? Promise.reject(new Error('opened too often')),
  })
  gateway.connect()
  const added = gateway.outbox.add({ idempotencyKey: 'k1', sessionKey: 'main', message: 'early' })
  gateway.disconnect()
  expect(gateway.view.phase).toBe('idle')
  openings[0]?.resolve(connectionOf(first))
  gateway.connect()
  openings[1]?.resolve(connectionOf(second))
  await added
  expect(opened).toBe(2)
  expect(first.gateway.outbox.entries).toEqual([])
  expect(second.gateway.outbox.entries.map(({ message }) => message)).toEqual(['early'])
  second.arrive()
  expect(gateway.view.phase).toBe('live')
  gateway.disconnect()
  expect(gateway.view).toMatchObject({ phase: 'idle', hello: { server: { host: 'vps-1' } } })
})
