import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { clawdbot } from './world.ts'

const pairing = { code: 'NOT_PAIRED', message: 'pairing required', details: { requestId: 'req-7' } }
const future = { code: 'INVALID_REQUEST', message: 'protocol mismatch' }

test('gateway probe says what it met, with the exit code that health has for it', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'right' })
  await using strict = await StandInGateway.start({ refuse: pairing })
  await using newer = await StandInGateway.start({ refuse: future })
  const web = createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n')).listen(0, '127.0.0.1')
  const mute = createServer().listen(0, '127.0.0.1')
  await Promise.all([once(web, 'listening'), once(mute, 'listening')])
  const urlOf = (server: typeof web) => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const met = async (...words: string[]) => {
    const { code, out } = await clawdbot(home, ['gateway', 'probe', '--url', ...words])
    expect((await clawdbot(home, ['health', '--url', ...words])).code).toBe(code)
    const [title, reachable, connect = ''] = out.split('\n')
    expect(title).toBe('Gateway Status')
    return `${code} ${reachable} | ${connect.trim().split(' · ')[0]}`
  }
  const right = ['--token', 'right']
  expect(await met(gateway.url, ...right)).toMatch(/^0 Reachable: yes \| /)
  expect(await met(gateway.url, '--token', 'no')).toBe('3 Reachable: yes, but it does not let us in | Connect: refused')
  expect(await met(strict.url)).toBe('3 Reachable: yes, but it does not let us in | Connect: refused')
  expect(await met(newer.url)).toBe(
    '6 Reachable: yes, but it speaks another version of the protocol | Connect: refused',
  )
  expect(await met(urlOf(web))).toBe('6 Reachable: no, what answers there is no gateway | Connect: failed')
  expect(await met(urlOf(mute), '--timeout', '300')).toBe('5 Reachable: no, nothing answered in time | Connect: failed')
  expect(await met('ws://127.0.0.1:1')).toBe('4 Reachable: no | Connect: failed')
  const { out } = await clawdbot(home, ['gateway', 'probe', '--json', '--url', gateway.url, '--token', 'no'])
  expect(JSON.parse(out)).toMatchObject({
    ...{ ok: false, reachable: true, connect: { ok: false, code: 'client.unauthorized' } },
  })
  web.close()
  mute.close()
})

test('an address that is not even tried is a failure of the command', async () => {
  await using home = await Home.make()
  const ran = await clawdbot(home, ['gateway', 'probe', '--url', 'ws://10.1.2.3:18789'])
  expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('neither encrypted') })
})
