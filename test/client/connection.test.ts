import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSocket, sendQueueBytes } from '../../src/client/socket.ts'
import { openDirect } from '../../src/tunnel/direct.ts'
import { noPrompts, type Prompts } from '../../src/tunnel/prompts.ts'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { ManualClock } from '../support/clock.ts'
import { reattaching } from '../support/reattaching.ts'
import { startSshd } from '../support/sshd.ts'
import { noAnswer, StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

const delta = (runId: string, offset: number, deltaText: string) => ({
  ...{ runId, sessionKey: 'agent:main:main', seq: 1, state: 'delta' },
  ...{ offset, deltaText },
})

test('a connection comes up, says how, and measures the way', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 't', protocol: 3 })
  await using seen = await home.connect(gateway.url, { token: 't' })
  await seen.until(({ connection }) => connection.view.latencyMs !== undefined)
  expect(seen.phases).toEqual(['resolving', 'connecting', 'greeting', 'live'])
  expect(seen.attachments).toEqual([{ kind: 'fresh', replayed: 0, runs: [] }])
  expect(seen.connection.view).toMatchObject({
    ...{ phase: 'live', name: 'test', url: gateway.url, transport: 'direct', attempt: 0, isSuspect: false },
    hello: { protocol: 3 },
  })
  expect((await seen.connection.call('health', {})).ok).toBe(true)
})

test('TU12: a reply cut in the middle goes on after the break, nothing lost and nothing doubled', async () => {
  await using home = await Home.make()
  const extension = reattaching()
  await using gateway = await StandInGateway.start({ methods: extension.methods })
  await using seen = await home.connect(gateway.url)
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const words = 'the quick brown fox jumps over the lazy dog'.split(' ').map((word) => `${word} `)
  let offset = 0
  for (const [i, word] of words.entries()) {
    const isCut = i % 3 === 2
    if (isCut) gateway.live.cut()
    extension.publish(delta('r', offset, word), !isCut)
    offset += word.length
    if (!isCut) continue
    const count = gateway.peers.length
    await seen.until(({ connection }) => gateway.peers.length > count && connection.view.phase === 'live')
  }
  await seen.until((self) => self.text('r').length === offset)
  expect(seen.text('r')).toBe(words.join(''))
  const pieces = seen.events.filter(({ name }) => name === 'chat')
  expect(pieces).toHaveLength(words.length)
  expect(seen.attachments.map(({ kind }) => kind)).toEqual(['fresh', 'resumed', 'resumed', 'resumed'])
})

test('when the gateway no longer knows the place, or has no such thing, the screen starts over', async () => {
  await using home = await Home.make()
  const extension = reattaching()
  await using ours = await StandInGateway.start({ methods: extension.methods })
  await using other = await StandInGateway.start({ protocol: 4, advertise: ['sessions.subscribe'] })
  for (const gateway of [ours, other]) {
    await using seen = await home.connect(gateway.url)
    await seen.until(({ connection }) => connection.view.phase === 'live')
    extension.forget()
    gateway.live.cut()
    await seen.until(({ attachments }) => attachments.length === 2)
    expect(seen.attachments.map(({ kind }) => kind)).toEqual(['fresh', 'resync'])
    // Sent after the screen was told, so it may still be on its way.
    if (gateway === other) {
      await seen.until(() => other.received.some(({ method }) => method === 'sessions.subscribe'))
    }
  }
})

test('what was typed while away is sent once the gateway is back, under the same key', async () => {
  await using home = await Home.make()
  const methods = {
    'chat.send': (params: Record<string, unknown>) => ({ runId: params.idempotencyKey, status: 'started' }),
  }
  await using gateway = await StandInGateway.start({ methods })
  await using seen = await home.connect(gateway.url)
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const delivered: string[] = []
  seen.connection.outbox.deliveries(({ kind, entry }) => delivered.push(`${kind} ${entry.idempotencyKey}`))
  gateway.options.methods = { 'chat.send': () => noAnswer }
  await seen.connection.outbox.add({ idempotencyKey: 'k1', sessionKey: 'main', message: 'one' })
  await seen.until(() => gateway.received.some(({ method }) => method === 'chat.send'))
  gateway.options.methods = methods
  gateway.live.cut()
  await seen.connection.outbox.add({ idempotencyKey: 'k2', sessionKey: 'main', message: 'two' })
  await seen.until(() => delivered.length === 2)
  expect(delivered).toEqual(['accepted k1', 'accepted k2'])
  const keys = gateway.received
    .filter(({ method }) => method === 'chat.send')
    .map(({ params }) => params.idempotencyKey)
  expect(keys).toEqual(['k1', 'k1', 'k2'])
})

test('an approval that cannot be given now is not given later: it is refused at once, and kept nowhere', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ methods: { 'exec.approval.resolve': () => ({ ok: true }) } })
  await using door = await ChaosProxy.before(gateway.port)
  await using seen = await home.connect(door.url)
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const decide = () => seen.connection.call('exec.approval.resolve', { id: 'a1', decision: 'allow-once' })
  door.blackhole(true)
  const onItsWay = decide().catch((error: unknown) => error)
  door.cut()
  expect(await onItsWay).toMatchObject({ code: 'client.closed' })
  await expect(decide()).rejects.toMatchObject({ code: 'client.closed' })
  expect(seen.connection.outbox.entries).toEqual([])
  door.blackhole(false)
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect((await seen.connection.call('health', {})).ok).toBe(true)
  expect(gateway.received.map(({ method }) => method)).not.toContain('exec.approval.resolve')
})

test('the time a person takes to trust a host is none of the SSH layer', async () => {
  await using sshd = await startSshd()
  writeFileSync(join(sshd.home, '.ssh/known_hosts'), '')
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  const clock = new ManualClock()
  const prompts: Prompts = {
    ...noPrompts,
    async trustHost() {
      clock.advance(60_000)
      return true
    },
  }
  const way = sshd.way({ engine: 'ssh2', gatewayPort: gateway.port })
  await using seen = await home.connect(gateway.url, {}, { way, home: sshd.home, clock, prompts })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect(seen.phases).toContain('needs-user')
  expect(seen.connection.view.layers.find(({ layer }) => layer === 'ssh')).toMatchObject({ state: 'up', ms: 0 })
})

test('TU21: a gateway that stops reading costs at most 8 MiB, then sending fails at once', async () => {
  await using gateway = await StandInGateway.start()
  await using home = await Home.make()
  const greeter = await home.greeter(gateway.url)
  const { signal } = new AbortController()
  const stream = await openDirect({ kind: 'direct', url: gateway.url }).dial(signal)
  const events = { onText: () => {}, onPong: () => {}, onEnd: () => {} }
  const socket = await openSocket(stream, greeter, events, signal)
  const piece = JSON.stringify({ pad: 'x'.repeat(256 * 1024) })
  // All in one turn of the loop: beyond what the kernel takes nothing can leave, as with a frozen peer.
  const flood = () => {
    for (let i = 0; i < 400; i++) socket.send(piece)
  }
  expect(flood).toThrow(expect.objectContaining({ code: 'client.closed', retryable: true }))
  expect(stream.writableLength).toBeGreaterThan(sendQueueBytes / 2)
  expect(stream.writableLength).toBeLessThanOrEqual(sendQueueBytes)
  socket.limitPayload(1000)
  expect(() => socket.send('x'.repeat(1001))).toThrow('1001 bytes')
  socket.close()
})
