import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Delivery, FileOutbox, outboxExpiryMs, outboxLimit } from '../../src/client/outbox.ts'
import { Fault } from '../../src/shared/fault.ts'
import type { Call } from '../../src/shared/rpc/call.ts'
import { ManualClock } from '../support/clock.ts'
import { Home, until } from './support.ts'

const origin = 'ws://127.0.0.1:18789'
const entry = (key: string) => ({ idempotencyKey: key, sessionKey: 'agent:main:main', message: `text of ${key}` })

/** A call that notes what was sent and answers, or fails, as told. */
function caller(answer: (key: string) => unknown = () => ({ status: 'started' })) {
  const sent: Record<string, unknown>[] = []
  const call = async (method: string, params: Record<string, unknown>) => {
    sent.push({ method, ...params })
    return answer(String(params.idempotencyKey))
  }
  return { sent, call: call as unknown as Call }
}

test('an acknowledged message leaves; it was sent with the key it was stored under', async () => {
  await using home = await Home.make()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, new ManualClock())
  const said: Delivery[] = []
  box.deliveries((delivery) => said.push(delivery))
  await box.add(entry('k1'))
  const { sent, call } = caller()
  const controller = new AbortController()
  const done = box.deliver(call, controller.signal)
  await box.add({ ...entry('k2'), thinking: 'low' })
  await until(() => said.length === 2)
  expect(sent).toEqual([
    { method: 'chat.send', deliver: false, ...entry('k1') },
    { method: 'chat.send', deliver: false, thinking: 'low', ...entry('k2') },
  ])
  expect(said.map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
  expect(box.entries).toEqual([])
  controller.abort()
  await done
  expect((await FileOutbox.open(home.paths.outboxDir, origin, new ManualClock())).entries).toEqual([])
})

test('what was not acknowledged survives the program, in order, and is sent again with the same key', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const before = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  await before.add(entry('k1'))
  clock.advance(5)
  await before.add(entry('k2'))
  const lost = caller(() => {
    throw new Fault('client.closed', 'the connection was lost', { retryable: true })
  })
  await before.deliver(lost.call, new AbortController().signal)
  expect(lost.sent).toHaveLength(1)
  const after = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  expect(after.entries.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['k1', 'k2'])
  const { sent, call } = caller()
  const controller = new AbortController()
  const done = after.deliver(call, controller.signal)
  await until(() => after.entries.length === 0)
  controller.abort()
  await done
  expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['k1', 'k2'])
})

test('messages of one moment leave in the order they were typed in, also by a later run', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
  await Promise.all(keys.map((key) => box.add(entry(key))))
  clock.jump(-60_000)
  await box.add(entry('last'))
  const order = ({ entries }: FileOutbox) => entries.map(({ idempotencyKey }) => idempotencyKey)
  expect(order(box)).toEqual([...keys, 'last'])
  expect(order(await FileOutbox.open(home.paths.outboxDir, origin, clock))).toEqual([...keys, 'last'])
})

test('one with a place stands there, also for a later run, and is as young as it is', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  for (const key of ['first', 'second', 'third']) {
    await box.add(entry(key))
    clock.advance(5)
  }
  const place = box.entries[1]?.createdAt ?? 0
  await box.remove('second')
  clock.advance(outboxExpiryMs)
  await box.add({ ...entry('changed'), place })
  await box.add(entry('last'))
  const order = ({ entries }: FileOutbox) => entries.map(({ idempotencyKey }) => idempotencyKey)
  expect(order(box)).toEqual(['first', 'changed', 'third', 'last'])
  const later = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  expect(order(later)).toEqual(['first', 'changed', 'third', 'last'])
  const { sent, call } = caller()
  const controller = new AbortController()
  const done = later.deliver(call, controller.signal)
  await until(() => later.entries.length === 0)
  controller.abort()
  await done
  expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['changed', 'last'])
})

test('a refused message leaves with its reason and does not hold up the next', async () => {
  await using home = await Home.make()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, new ManualClock())
  const said: Delivery[] = []
  box.deliveries((delivery) => said.push(delivery))
  await box.add(entry('bad'))
  await box.add(entry('good'))
  const { call } = caller((key) => {
    if (key === 'bad') throw new Fault('client.call-failed', 'chat.send: blocked')
    return { status: 'started' }
  })
  const controller = new AbortController()
  const done = box.deliver(call, controller.signal)
  await until(() => said.length === 2)
  controller.abort()
  await done
  expect(said).toMatchObject([
    { kind: 'refused', entry: entry('bad'), fault: { message: 'chat.send: blocked' } },
    { kind: 'accepted', entry: entry('good') },
  ])
})

test('no answer in time: the same message is sent again after a pause', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  await box.add(entry('k'))
  let tries = 0
  const { sent, call } = caller(() => {
    if (++tries === 1) throw new Fault('client.timeout', 'no answer', { retryable: true })
    return { status: 'in_flight' }
  })
  const controller = new AbortController()
  const done = box.deliver(call, controller.signal)
  await until(() => clock.waiting > 0)
  clock.advance(1000)
  await until(() => box.entries.length === 0)
  controller.abort()
  await done
  expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['k', 'k'])
})

test('a message two days old is not sent by itself any more', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  await box.add(entry('old'))
  clock.jump(outboxExpiryMs)
  const said: Delivery[] = []
  box.deliveries((delivery) => said.push(delivery))
  const { sent, call } = caller()
  const controller = new AbortController()
  const done = box.deliver(call, controller.signal)
  await until(() => said.length === 1)
  controller.abort()
  await done
  expect(said[0]).toMatchObject({ kind: 'expired', entry: entry('old') })
  expect(sent).toEqual([])
})

test('the box of each gateway is its own, private and bounded', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  const many = Array.from({ length: outboxLimit + 5 }, (_, i) => box.add(entry(`k${i}`)))
  const outcomes = (await Promise.allSettled(many)).map(({ status }) => status)
  expect(outcomes).toEqual([...Array(outboxLimit).fill('fulfilled'), ...Array(5).fill('rejected')])
  await expect(box.add(entry('too many'))).rejects.toMatchObject({ message: expect.stringContaining('50 messages') })
  expect((await FileOutbox.open(home.paths.outboxDir, 'wss://other:443', clock)).entries).toEqual([])
  const [folder = ''] = await readdir(home.paths.outboxDir)
  const [file = ''] = await readdir(join(home.paths.outboxDir, folder))
  expect((await stat(join(home.paths.outboxDir, folder, file))).mode & 0o777).toBe(0o600)
  expect((await stat(home.paths.outboxDir)).mode & 0o777).toBe(0o700)
})

test('a message not yet on its way can be taken back', async () => {
  await using home = await Home.make()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, new ManualClock())
  await box.add(entry('k'))
  expect(await box.remove('k')).toBe(true)
  expect(await box.remove('k')).toBe(false)
  expect((await FileOutbox.open(home.paths.outboxDir, origin, new ManualClock())).entries).toEqual([])
})

test('a waiting message can be edited and taken back, one at a time, also by a later run', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const before = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  for (const key of ['k1', 'k2', 'k3']) {
    await before.add(entry(key))
    clock.advance(1)
  }
  expect(await before.edit('k1', 'better')).toBe(true)
  const after = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  expect(await after.edit('k2', 'best')).toBe(true)
  expect(await after.remove('k3')).toBe(true)
  expect(await after.edit('k3', 'gone')).toBe(false)
  expect(after.entries.map(({ message }) => message)).toEqual(['better', 'best'])
  const { sent, call } = caller()
  const ending = new AbortController()
  const done = after.deliver(call, ending.signal)
  await until(() => sent.length === 2)
  expect(sent.map(({ message }) => message)).toEqual(['better', 'best'])
  ending.abort()
  await done
})

test('what another terminal took back is not sent by this one, and what it edited is sent as edited', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const near = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  for (const key of ['k1', 'k2', 'k3']) await near.add(entry(key))
  const far = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  const said: string[] = []
  far.deliveries(({ kind, entry: { idempotencyKey } }) => said.push(`${kind} ${idempotencyKey}`))
  expect(await near.remove('k1')).toBe(true)
  expect(await near.edit('k2', 'better')).toBe(true)
  const { sent, call } = caller()
  const ending = new AbortController()
  const done = far.deliver(call, ending.signal)
  await until(() => said.length === 3)
  expect(said).toEqual(['gone k1', 'accepted k2', 'accepted k3'])
  expect(sent.map(({ message }) => message)).toEqual(['better', 'text of k3'])
  ending.abort()
  await done
})

test('what may have reached the gateway keeps its text, also for a later run: its key stands for that text', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  const before = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  await before.add(entry('k1'))
  const lost = caller(() => {
    throw new Fault('client.closed', 'the connection was lost', { retryable: true })
  })
  await before.deliver(lost.call, new AbortController().signal)
  expect(await before.edit('k1', 'other')).toBe(false)
  const after = await FileOutbox.open(home.paths.outboxDir, origin, clock)
  expect(await after.edit('k1', 'other')).toBe(false)
  expect(await after.remove('k1')).toBe(true)
  expect((await FileOutbox.open(home.paths.outboxDir, origin, clock)).entries).toEqual([])
})

test('a message edited while the connection comes up leaves as it was edited', async () => {
  await using home = await Home.make()
  const box = await FileOutbox.open(home.paths.outboxDir, origin, new ManualClock())
  await box.add(entry('k1'))
  const edited = box.edit('k1', 'better')
  const { sent, call } = caller()
  const ending = new AbortController()
  const done = box.deliver(call, ending.signal)
  expect(await edited).toBe(true)
  await until(() => box.entries.length === 0)
  expect(sent.map(({ message }) => message)).toEqual(['better'])
  ending.abort()
  await done
})

test('what waited under the address of a gateway is found again under its id, once', async () => {
  await using home = await Home.make()
  const { outboxDir } = home.paths
  await (await FileOutbox.open(outboxDir, origin, new ManualClock())).add(entry('k1'))
  const moved = await FileOutbox.open(outboxDir, 'local', new ManualClock(), origin)
  expect(moved.entries.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['k1'])
  expect(await readdir(outboxDir)).toHaveLength(1)
  expect((await FileOutbox.open(outboxDir, 'local', new ManualClock(), origin)).entries).toHaveLength(1)
})
