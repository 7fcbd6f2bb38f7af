import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeDevice } from '../support/device.ts'
import { freePort } from '../support/free-port.ts'
import { obeyingGateway, patience, token } from '../support/obeying-gateway.ts'
import { RawClient } from '../support/raw-client.ts'

async function answers(port: number, secret = token): Promise<boolean> {
  using client = new RawClient(`ws://127.0.0.1:${port}`)
  return (await client.connect({ auth: { token: secret } })).ok
}

async function takenPort() {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  return port
}

test('a changed port that is taken is refused: the old one answers again, and the next edit is taken', async () => {
  const port = await freePort()
  const taken = await takenPort()
  const gateway = await obeyingGateway({ port })
  gateway.write({ port: taken })
  await vi.waitFor(() => expect(gateway.starts()).toBe(2), patience)
  expect(await answers(port)).toBe(true)
  expect(gateway.printed()).toContain(`❌ 127.0.0.1:${taken} is already in use`)
  expect(gateway.printed()).toContain('starting again with the last good one')
  expect(gateway.logText()).toMatch(/last good one stays in force.*is already in use/)

  const free = await freePort()
  gateway.write({ port: free })
  await vi.waitFor(() => expect(gateway.starts()).toBe(3), patience)
  expect(await answers(free)).toBe(true)
})

test('one that listens everywhere takes settings that keep it on this machine with a secret too weak for elsewhere', async () => {
  const port = await freePort()
  const gateway = await obeyingGateway({ port, bind: 'lan' })
  gateway.write({ bind: 'loopback', auth: { token: 'short' } })
  await vi.waitFor(() => expect(gateway.starts()).toBe(2), patience)
  expect(gateway.printed()).not.toContain('❌')
  expect([await answers(port, 'short'), await answers(port)]).toEqual([true, false])
})

test.each([
  ['an address this machine does not have', { bind: 'custom', customBindHost: '203.0.113.7' }, /none of the addresses/],
  ['a certificate that is not there', { tls: { enabled: true, certPath: '/no/cert', keyPath: '/no/key' } }, /no\/cert/],
  ['no secret for it', { bind: 'lan', auth: {} }, /stays in force.*password, as whoever reaches/],
  ['a secret too weak for it', { bind: 'lan', auth: { token: 'short' } }, /stays in force.*24/],
])('%s is refused in a running gateway, which goes on with the old secret', async (_, change, why) => {
  const port = await freePort()
  const gateway = await obeyingGateway({ port })
  gateway.write(change)
  await vi.waitFor(() => expect(gateway.logText()).toMatch(why), patience)
  await vi.waitFor(() => expect(gateway.starts()).toBe(2), patience)
  expect(await answers(port)).toBe(true)
})

test('settings that need no restart are told to who is connected, as another model may answer now', async () => {
  const port = await freePort()
  const gateway = await obeyingGateway({ port })
  using client = new RawClient(`ws://127.0.0.1:${port}`)
  await client.connect({ auth: { token }, device: makeDevice(), scopes: ['operator.read'] })
  await client.request('sessions.subscribe')
  gateway.write({ reload: { debounceMs: 6 } })
  expect((await client.event('sessions.changed')).payload).toMatchObject({ reason: 'settings' })
})
