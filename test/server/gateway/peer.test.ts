import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/shared/std/secret.ts'
import { ManualClock } from '../../support/clock.ts'
import { connectParamsOf, makeDevice } from '../../support/device.ts'
import { startTestGateway, testToken } from '../../support/gateway.ts'
import { cheapHash } from '../../support/password-hash.ts'
import { RawClient } from '../../support/raw-client.ts'
import { RawSocket } from '../../support/raw-socket.ts'

describe('TR6', () => {
  test('sockets that say nothing are closed after ten seconds with 1000', async () => {
    const clock = new ManualClock()
    await using gateway = await startTestGateway({ clock })
    const mute = Array.from({ length: 30 }, () => new RawClient(gateway.url))
    await Promise.all(mute.map((client) => client.challenge()))
    clock.advance(9_999)
    expect(mute.every((client) => client.socket.readyState === client.socket.OPEN)).toBe(true)
    clock.advance(1)
    for (const client of mute) expect(await client.closed).toEqual({ code: 1000, reason: '' })
  })

  test('nothing sent after a refused first message is looked at', async () => {
    await using gateway = await startTestGateway()
    using client = new RawClient(gateway.url)
    await client.challenge()
    client.send({ type: 'req', id: '1', method: 'health' })
    client.send({ type: 'req', id: '2', method: 'connect', params: { auth: { token: testToken } } })
    expect(await client.closed).toEqual({ code: 1008, reason: 'invalid handshake: first request must be connect' })
    expect(client.frames.filter((frame) => frame.type === 'res')).toHaveLength(1)
  })
})

describe('PA2: a nonce counts once, for its own socket, while that waits', () => {
  test('replay: what let one socket in lets no other in, nor the same one again', async () => {
    await using gateway = await startTestGateway()
    using first = new RawClient(gateway.url)
    const { nonce, ts } = await first.challenge()
    const device = makeDevice()
    const params = connectParamsOf({
      device,
      nonce,
      signedAt: ts,
      scopes: ['operator.read'],
      auth: { token: testToken },
    })
    expect(await first.request('connect', params)).toMatchObject({ ok: true })
    expect(await first.request('connect', params)).toMatchObject({
      error: { message: 'connect is only valid as the first request' },
    })
    using second = new RawClient(gateway.url)
    expect((await second.challenge()).nonce).not.toBe(nonce)
    expect(await second.request('connect', params)).toMatchObject({ error: { message: 'device nonce mismatch' } })
    expect(await second.closed).toMatchObject({ code: 1008 })
  })

  test('stale: ten seconds after it was given it counts no more', async () => {
    const clock = new ManualClock()
    await using gateway = await startTestGateway({ clock })
    using client = new RawClient(gateway.url)
    const { nonce, ts } = await client.challenge()
    clock.advance(10_000)
    expect(await client.closed).toEqual({ code: 1000, reason: '' })
    using later = new RawClient(gateway.url)
    await later.challenge()
    const params = connectParamsOf({ device: makeDevice(), nonce, signedAt: ts, auth: { token: testToken } })
    expect(await later.request('connect', params)).toMatchObject({ error: { message: 'device nonce mismatch' } })
  })
})

describe('IN2', () => {
  test('a length of 1 GiB is refused from the header alone', async () => {
    await using gateway = await startTestGateway()
    using socket = await RawSocket.open(gateway.server.port)
    socket.writeHeader(1024 ** 3)
    expect(await socket.closeCode()).toBe(1009)
  })

  test.each([
    ['in one frame', [64 * 1024 + 1]],
    ['in fragments', [40 * 1024, 40 * 1024]],
    ['in two messages', [40 * 1024, 40 * 1024]],
  ])('before the handshake more than 64 KiB %s closes with 1009', async (how, sizes) => {
    await using gateway = await startTestGateway()
    using socket = await RawSocket.open(gateway.server.port)
    sizes.forEach((size, i) => {
      const isLast = how !== 'in fragments' || i === sizes.length - 1
      socket.writeFrame('x'.repeat(size), { opcode: how === 'in fragments' && i > 0 ? 0 : 1, fin: isLast })
    })
    expect([1009, 1000]).toContain(await socket.closeCode())
  })

  test('before the handshake a frame that announces 5 MiB is cut off while it arrives', async () => {
    await using gateway = await startTestGateway()
    using socket = await RawSocket.open(gateway.server.port)
    socket.writeHeader(5 * 1024 * 1024)
    socket.write(Buffer.alloc(66 * 1024))
    expect(await socket.closeCode()).toBe(1009)
  })

  test('after the handshake 7 MiB are taken and more than 8 MiB closes with 1009', async () => {
    await using gateway = await startTestGateway()
    using client = await gateway.client()
    const long = (size: number) => ({ type: 'req', id: 'r', method: 'health', params: { text: 'x'.repeat(size) } })
    client.send(long(7 * 1024 * 1024))
    expect(await client.response('r')).toMatchObject({ ok: true })
    client.send(long(8 * 1024 * 1024))
    expect((await client.closed).code).toBe(1009)
  })
})

describe('IN5', () => {
  test.each([
    ['text', 1],
    ['binary', 2],
  ])('%s that is not UTF-8 closes with 1007', async (_, opcode) => {
    await using gateway = await startTestGateway()
    using socket = await RawSocket.open(gateway.server.port)
    socket.writeFrame(Buffer.from([0xc3, 0x28, 0xff]), { opcode })
    expect(await socket.closeCode()).toBe(1007)
  })

  test('after the handshake, text that is no JSON, too deep or with __proto__ is ignored, and the next request answered', async () => {
    await using gateway = await startTestGateway()
    using client = await gateway.client()
    client.send('hello')
    client.send('{"type":"req","id":"p","method":"health","params":{"__proto__":{}}}')
    client.send(`{"type":"req","id":"d","method":"health","params":${'['.repeat(70)}${']'.repeat(70)}}`)
    expect(await client.request('health')).toMatchObject({ ok: true })
    expect(client.frames.filter((frame) => frame.type === 'res').map(({ id }) => id)).not.toContain('p')
  })

  test('JSON that is no request gets an error under its id', async () => {
    await using gateway = await startTestGateway()
    using client = await gateway.client()
    client.send({ type: 'req', id: 'x1', method: 'health', extra: 1 })
    client.send({ type: 'event', event: 'tick' })
    expect(await client.response('x1')).toMatchObject({
      error: { message: "invalid request frame: at root: unexpected property 'extra'" },
    })
    expect(await client.response('invalid')).toMatchObject({ ok: false })
  })

  test('a binary message that holds JSON is taken as text is', async () => {
    await using gateway = await startTestGateway()
    using client = await gateway.client()
    client.send(Buffer.from('{"type":"req","id":"b","method":"health"}'))
    expect(await client.response('b')).toMatchObject({ ok: true })
  })
})

test('TR5: every 15 s a ping goes out; whoever is silent for 30 s is gone', async () => {
  const clock = new ManualClock()
  await using gateway = await startTestGateway({ clock })
  using alive = await gateway.client()
  using silent = new RawClient(gateway.url, { autoPong: false })
  await silent.connect({ auth: { token: testToken }, scopes: ['operator.read'] })
  let pings = 0
  alive.socket.on('ping', () => pings++)
  for (let i = 1; i <= 2; i++) {
    clock.advance(15_000)
    await expect.poll(() => pings).toBe(i)
    // The pong is on its way back; one answered request later it has arrived.
    await alive.request('health')
  }
  clock.advance(5_000)
  expect((await silent.closed).code).toBe(1006)
  expect(await alive.request('health')).toMatchObject({ ok: true })
})

test('a tick goes out every 30 s, to protocol 3 and 4 alike', async () => {
  const clock = new ManualClock()
  await using gateway = await startTestGateway({ clock })
  using v3 = await gateway.client({ protocol: 3 })
  using v4 = await gateway.client({ protocol: 4 })
  clock.advance(30_000)
  expect((await v3.event('tick')).payload).toEqual({ ts: clock.now() })
  expect((await v4.event('tick')).payload).toEqual({ ts: clock.now() })
})

const stubborn = { length: { toString: null, valueOf: null } }

test('IN8: before and after the login, a length that is no number is refused in words', async () => {
  await using gateway = await startTestGateway()
  using stranger = new RawClient(gateway.url)
  await stranger.challenge()
  const auth = { token: stubborn }
  expect(await stranger.request('connect', { ...connectParamsOf({ nonce: '', signedAt: 0 }), auth })).toMatchObject({
    error: { code: 'INVALID_REQUEST', message: expect.stringContaining('invalid connect params') },
  })
  using owner = await gateway.client()
  expect(await owner.request('system-event', { text: 'x', ip: stubborn })).toMatchObject({
    error: { code: 'INVALID_REQUEST', message: expect.stringContaining('invalid system-event params') },
  })
  expect(await owner.request('health')).toMatchObject({ ok: true })
})

test.each([
  ['at once', { mode: 'token', secret: new Secret(testToken) }],
  ['once its password is hashed', { mode: 'password', secret: new Secret(cheapHash(testToken)) }],
] as const)('IN8: a message we fail over %s costs its own connection and no other', async (_when, secret) => {
  let isBroken = false
  const refused = (): boolean => {
    if (isBroken) throw new Error('a bug of ours')
    return true
  }
  await using gateway = await startTestGateway({
    secret: () => secret,
    doorbook: { accepted: () => {}, refused, changed: () => {} },
  })
  using owner = await gateway.client({ auth: { [secret.mode]: testToken } })
  isBroken = true
  using unlucky = new RawClient(gateway.url)
  void unlucky.connect({ auth: { [secret.mode]: 'another secret than the right one' } }).catch(() => {})
  expect(await unlucky.closed).toEqual({ code: 1011, reason: 'internal error' })
  expect(gateway.logged.join('\n')).toMatch(/error a message failed unexpectedly .*a bug of ours/)
  expect(await owner.request('health')).toMatchObject({ ok: true })
})
