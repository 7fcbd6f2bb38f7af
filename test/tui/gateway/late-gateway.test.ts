import { expect, test } from 'vitest'
import type { Connection } from '../../../src/client/connection-api.ts'
import { FileOutbox } from '../../../src/client/outbox.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { LateGateway } from '../../../src/tui/gateway/late-gateway.ts'
import { Home } from '../../client/support.ts'
import { ManualClock } from '../../support/clock.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const shown = { name: 'local', url: 'ws://127.0.0.1:1', transport: 'direct' }

function connectionOf(script: ReturnType<typeof scriptedGateway>): Connection {
  const connection = Object.create(script.gateway) as Connection
  return Object.assign(connection, { request: async () => {}, [Symbol.asyncDispose]: async () => {} })
}

const openBox = (home: Home) => () => FileOutbox.open(home.paths.outboxDir, 'local', new ManualClock())
const early = { idempotencyKey: 'k1', sessionKey: 'main', message: 'early' }

test('a message written before the connection is open is on disk at once, and the connection gets it', async () => {
  await using home = await Home.make()
  const opening = Promise.withResolvers<Connection>()
  const given: FileOutbox[] = []
  await using gateway = new LateGateway({
    view: shown,
    openOutbox: openBox(home),
    open(_signal, outbox) {
      given.push(outbox)
      return opening.promise
    },
  })
  gateway.connect()
  expect(gateway.view).toMatchObject({ phase: 'connecting', name: 'local' })
  await gateway.outbox.add(early)
  expect((await openBox(home)()).entries).toMatchObject([early])
  expect(gateway.outbox.entries).toMatchObject([early])
  expect(given[0]?.entries).toMatchObject([early])
  opening.resolve(connectionOf(scriptedGateway()))
  await expect.poll(() => gateway.view.name).toBe('vps-1')
})

test('what waits since an earlier visit is seen, edited and taken back also where nothing can be started', async () => {
  await using home = await Home.make()
  await (await openBox(home)()).add(early)
  await using gateway = new LateGateway({
    view: shown,
    openOutbox: openBox(home),
    open: () => Promise.reject(new Fault('gateway.start-failed', 'It ended while starting')),
  })
  gateway.connect()
  await expect.poll(() => gateway.view.phase).toBe('failed')
  expect(gateway.outbox.entries).toMatchObject([early])
  expect(await gateway.outbox.edit('k1', 'late')).toBe(true)
  expect((await openBox(home)()).entries).toMatchObject([{ message: 'late' }])
  expect(await gateway.outbox.remove('k1')).toBe(true)
  expect((await openBox(home)()).entries).toEqual([])
})

test('a message that cannot be kept says so, and the next one is tried anew', async () => {
  await using home = await Home.make()
  let isFull = true
  await using gateway = new LateGateway({
    view: shown,
    openOutbox: () => (isFull ? Promise.reject(new Fault('storage.full', 'no room')) : openBox(home)()),
    open: async () => connectionOf(scriptedGateway()),
  })
  await expect(gateway.outbox.add(early)).rejects.toThrow('no room')
  isFull = false
  await gateway.outbox.add(early)
  expect(gateway.outbox.entries).toMatchObject([early])
})

test('a gateway that cannot be started says why, and is tried again when asked', async () => {
  await using home = await Home.make()
  let tries = 0
  await using gateway = new LateGateway({
    view: shown,
    openOutbox: openBox(home),
    open: async () => {
      tries += 1
      throw new Fault('gateway.start-failed', 'The gateway ended while starting', { remedy: 'Read its log.' })
    },
  })
  gateway.connect()
  await expect.poll(() => gateway.view.phase).toBe('failed')
  expect(gateway.view).toMatchObject({ fault: { message: 'The gateway ended while starting' } })
  gateway.retry()
  await expect.poll(() => tries).toBe(2)
})

test('where nobody listens, the remedy is the one this screen has', async () => {
  await using home = await Home.make()
  const script = scriptedGateway()
  await using gateway = new LateGateway({
    view: shown,
    openOutbox: openBox(home),
    open: async () => connectionOf(script),
    retryRemedy: 'ctrl+r starts it again.',
  })
  gateway.connect()
  await expect.poll(() => gateway.view.name).toBe('vps-1')
  script.become({
    phase: 'waiting',
    fault: new Fault('client.refused', 'Nothing listens there', { remedy: 'Start it.' }),
  })
  expect(gateway.view.fault?.remedy).toBe('ctrl+r starts it again.')
  expect(gateway.view).toBe(gateway.view)
})

test('given up and wanted again it opens anew, with the same outbox', async () => {
  await using home = await Home.make()
  const [first, second] = [scriptedGateway(), scriptedGateway()]
  const openings = [first, second].map(() => Promise.withResolvers<Connection>())
  const given: FileOutbox[] = []
  await using gateway = new LateGateway({
    view: shown,
    openOutbox: openBox(home),
    open: (_signal, outbox) =>
      openings[given.push(outbox) - 1]?.promise ?? Promise.reject(new Error('opened too often')),
  })
  gateway.connect()
  await gateway.outbox.add(early)
  gateway.disconnect()
  expect(gateway.view.phase).toBe('idle')
  openings[0]?.resolve(connectionOf(first))
  gateway.connect()
  openings[1]?.resolve(connectionOf(second))
  await expect.poll(() => gateway.view.name).toBe('vps-1')
  expect(given).toHaveLength(2)
  expect(given[1]).toBe(given[0])
  second.arrive()
  expect(gateway.view.phase).toBe('live')
  gateway.disconnect()
  expect(gateway.view).toMatchObject({ phase: 'idle', hello: { server: { host: 'vps-1' } } })
})
