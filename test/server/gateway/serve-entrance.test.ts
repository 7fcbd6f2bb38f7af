import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ServeEntranceOptions } from '../../../src/server/gateway/serve-entrance.ts'
import { makeDevice } from '../../support/device.ts'
import { startTestGateway, testToken } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

const host = 'laptop.tail1234.ts.net'
/** What Serve says of a request it passes on. */
const passedOn = {
  host,
  'x-forwarded-for': '100.101.1.2',
  'x-forwarded-host': host,
  'x-forwarded-proto': 'https',
  'tailscale-user-login': 'ada@example.com',
}
const own = process.getuid?.() ?? 0

async function entrance(parts: Partial<ServeEntranceOptions> = {}, port = 443) {
  const gateway = await startTestGateway()
  onTestFinished(() => gateway[Symbol.asyncDispose]())
  const options = { socketPath: undefined, daemonUids: [own], isPublic: false, ...parts }
  const serve = await gateway.server.openServe({ host, port, ...options })
  onTestFinished(() => serve[Symbol.asyncDispose]())
  return { gateway, serve, url: serve.target.replace(/^http/, 'ws').replace(/^unix:(.*)$/, 'ws+unix:$1:/') }
}

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'serve-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'serve.sock')
}

const knock = (url: string, headers: Record<string, string> = passedOn) => RawClient.status(url, { headers })

test('TS4: where a socket cannot be used, the path is part of the secret: without it nobody learns that a gateway is here', async () => {
  const { url } = await entrance()
  expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/)
  expect(await knock(url)).toBe(101)
  expect(await knock(`${url}/`)).toBe(101)
  const bare = new URL(url).origin.replace('null', url.replace(/\/[^/]*$/, ''))
  const wrong = [
    bare,
    `${bare}/`,
    `${bare}/${'A'.repeat(43)}`,
    `${url}x`,
    `${url.slice(0, -1)}`,
    `${bare}/x${new URL(url).pathname}`,
  ]
  for (const each of wrong) expect(await knock(each)).toBe(404)
  const answer = await fetch(bare.replace('ws', 'http'))
  expect([answer.status, await answer.text()]).toEqual([404, ''])
})

test('TS4: on Linux the right path is not enough, the connection must be the daemon’s', async () => {
  const { url } = await entrance({ daemonUids: [own + 1] })
  expect(await knock(url)).toBe(process.platform === 'linux' ? 404 : 101)
})

test('TS4: headers that Serve would set change nothing at the other entrances', async () => {
  const { gateway } = await entrance()
  const forged = { ...passedOn, host: new URL(gateway.url).host }
  using client = new RawClient(gateway.url, { headers: forged })
  const answer = await client.connect({ auth: {} })
  expect(answer).toMatchObject({ ok: false })
  expect(await knock(gateway.url)).toBe(421)
})

test('OR2: at this entrance the Host is this machine’s own MagicDNS name and no other of the tailnet', async () => {
  const { url } = await entrance({ socketPath: socketPath() })
  const status = (name: string) => knock(url, { ...passedOn, host: name })
  expect([await status(host), await status(`${host}:443`)]).toEqual([101, 101])
  for (const name of [
    'desktop.tail1234.ts.net',
    'x.ts.net',
    '127.0.0.1',
    'localhost',
    `${host}:8443`,
    `${host}.evil.com`,
  ]) {
    expect(await status(name)).toBe(421)
  }
  const other = await entrance({ socketPath: socketPath() }, 8443)
  expect(await knock(other.url, { ...passedOn, host: `${host}:8443` })).toBe(101)
  expect(await knock(other.url)).toBe(421)
})

test('OR1: the page at that address may connect, others may not', async () => {
  const { url } = await entrance({ socketPath: socketPath() })
  expect(await knock(url, { ...passedOn, origin: `https://${host}` })).toBe(101)
  expect(await knock(url, { ...passedOn, origin: `http://${host}` })).toBe(403)
  expect(await knock(url, { ...passedOn, origin: 'https://desktop.tail1234.ts.net' })).toBe(403)
})

test('what comes through Serve is remote, known by its tailnet address, and waits for pairing', async () => {
  const { url, gateway } = await entrance({ socketPath: socketPath() })
  using client = new RawClient(url, { headers: passedOn })
  const answer = await client.connect({ auth: { token: testToken } })
  expect(answer).toMatchObject({ ok: false, error: { code: 'NOT_PAIRED' } })
  expect(gateway.logged.join('\n')).toContain('"from":"100.101.1.2"')
})

test('TS6: what Funnel lets in is refused while Serve alone is asked for, and is one bucket of failures otherwise', async () => {
  const fromInternet = { ...passedOn, 'tailscale-funnel-request': '?1', 'x-forwarded-for': '9.9.9.9' }
  const { url } = await entrance({ socketPath: socketPath() })
  expect(await knock(url, fromInternet)).toBe(404)
  const open = await entrance({ socketPath: socketPath(), isPublic: true })
  const device = makeDevice()
  const guess = async (from: string, token: string) => {
    using client = new RawClient(open.url, { headers: { ...fromInternet, 'x-forwarded-for': from } })
    const answer = await client.connect({ auth: { token }, device })
    return answer.error?.message ?? 'in'
  }
  for (let i = 0; i < 10; i++) expect(await guess(`9.9.9.${i}`, 'wrong')).toContain('mismatch')
  expect(await guess('8.8.8.8', testToken)).toContain('too many failed attempts')
})
