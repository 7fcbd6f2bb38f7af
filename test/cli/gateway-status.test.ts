/** Wherever the gateway of this machine listens, the line commands here find it. */

import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { gatewayHere } from './gateway-here.ts'
import { clawdbot } from './world.ts'

test.each([
  ['an address beside 127.0.0.1', '127.0.0.2', '127.0.0.2'],
  ['IPv6 alone', '::1', '[::1]'],
])('bound to %s, it is found by every command here, and knocked at where it listens', async (_, host, shown) => {
  await using gateway = await gatewayHere({ gateway: { bind: 'custom', customBindHost: host } })
  const { home, port, run, printed } = gateway
  const socket = `${home.paths.stateDir}/gateway.sock`
  expect(printed.join('\n')).toContain(`Only ${host} is listened on; 127.0.0.1 does not answer.`)
  const status = await run('gateway status')
  expect(status).toMatchObject({ code: 0, out: expect.stringMatching(/^✅ Running\n/) })
  expect(status.out).toContain(`unix:${socket}`)
  expect(status.out).toContain(`ws://${shown}:${port}`)
  expect(JSON.parse((await run('gateway status --json')).out)).toMatchObject({
    ...{ running: true, port, url: `unix:${socket}`, listensAt: `ws://${shown}:${port}` },
  })
  expect(await run(`gateway status --port ${port}`)).toMatchObject({ code: 0 })
  expect(await run('health')).toMatchObject({ code: 0 })
  expect(await run('devices list')).toMatchObject({ code: 0 })
  const audit = await run('security audit --deep --json')
  const ids = JSON.parse(audit.out).findings.map(({ id }: { id: string }) => id)
  expect(ids.filter((id: string) => /probe|port_taken|no_auth/.test(id))).toEqual([])
})

test('a gateway of another home is shown as one, and nothing of this home is told as its own', async () => {
  await using other = await gatewayHere({})
  await using home = await Home.make()
  const status = await clawdbot(home, ['gateway', 'status', '--port', String(other.port)])
  expect(status).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^✅ Running, but not the gateway of this home\n/),
  })
  expect(status.out).toContain('But: ')
  expect(status.out).toMatch(new RegExp(`Held by: .*\\(process ${process.pid}\\)\n`))
  expect(status.out).not.toMatch(/State:|Auth mode:/)
})

test('asked about another port, status tells where the gateway of this home runs', async () => {
  await using gateway = await gatewayHere({})
  const port = await freePort()
  const { out, code } = await gateway.run(`gateway status --port ${port}`)
  expect(code).toBe(1)
  expect(out).toMatch(
    new RegExp(
      `^❌ Not on port ${port}: the gateway of this home runs on port ${gateway.port} \\(process ${process.pid}\\)\n`,
    ),
  )
  expect(out).not.toContain('gateway start')
  const env = { ...gateway.env, CLAWDBOT_GATEWAY_PORT: String(port) }
  const { out: json } = await clawdbot(gateway.home, ['gateway', 'status', '--json'], { env })
  expect(JSON.parse(json)).toMatchObject({ running: false, port, elsewhere: { pid: process.pid, port: gateway.port } })
  await using other = await gatewayHere({})
  const foreign = await gateway.run(`gateway status --port ${other.port}`)
  expect(foreign.out).toContain(`This home: its gateway runs at ws://127.0.0.1:${gateway.port} `)
})

test('a port that another program has: status names that one, and another port instead of a start that must fail', async () => {
  await using home = await Home.make()
  const web = createServer((socket) => socket.end('no gateway')).listen(0, '127.0.0.1')
  await once(web, 'listening')
  const { port } = web.address() as AddressInfo
  const { code, out } = await clawdbot(home, ['gateway', 'status', '--port', String(port)])
  expect(code).toBe(1)
  expect(out).toMatch(
    new RegExp(
      `^❌ Not running, and port ${port} is held by .*\\(process ${process.pid}\\)\n` +
        '  End that program, or: clawdbot config set gateway\\.port \\d+\n',
    ),
  )
  const json = await clawdbot(home, ['gateway', 'status', '--json', '--port', String(port)])
  expect(JSON.parse(json.out)).toMatchObject({ running: false, portTaken: true, holder: { pid: process.pid } })
  web.close()
})

test('with TLS, status tells the port, the address others dial and the fingerprint they compare', async () => {
  await using gateway = await gatewayHere({ gateway: { tls: { enabled: true } } })
  const { run, port, printed } = gateway
  const [, fingerprint = ''] =
    /TLS fingerprint: (sha256:(?:[0-9A-F]{2}:){31}[0-9A-F]{2})/.exec(printed.join('\n')) ?? []
  const status = await run('gateway status')
  for (const fact of [`Port: +${port}`, `Listens at: +wss://127.0.0.1:${port}`, `Fingerprint: +${fingerprint}`]) {
    expect(status.out).toMatch(new RegExp(fact))
  }
  expect(JSON.parse((await run('gateway status --json')).out)).toMatchObject({ tlsFingerprint: fingerprint, port })
})

test('a process that is there by its note and does not answer is not called absent', async () => {
  await using home = await Home.make()
  const port = await freePort()
  mkdirSync(home.paths.stateDir, { recursive: true, mode: 0o700 })
  writeFileSync(home.paths.runtimeFile, JSON.stringify({ pid: process.pid, port }), { mode: 0o600 })
  const status = await clawdbot(home, ['gateway', 'status'])
  expect(status).toMatchObject({
    code: 1,
    out: expect.stringContaining(`❌ Process ${process.pid} is the gateway by its note, but does not answer at ws://`),
  })
  expect(status.out).not.toContain('gateway start')
  expect(JSON.parse((await clawdbot(home, ['gateway', 'status', '--json'])).out)).toMatchObject({
    ...{ running: false, pid: process.pid, port },
  })
})
