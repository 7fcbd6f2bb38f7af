import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createIdentify } from '../../../src/server/tailnet/identity.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { makeDevice } from '../../support/device.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

const host = 'laptop.tail1234.ts.net'
const fromAda = {
  host,
  'x-forwarded-for': '100.101.1.2',
  'x-forwarded-host': host,
  'x-forwarded-proto': 'https',
  'tailscale-user-login': 'ada@example.com',
}

/** A gateway behind Serve in whose tailnet Ada owns one machine. */
async function gatewayOf(isPublic = false) {
  const whois = async (address: string) =>
    address === fromAda['x-forwarded-for'] ? { login: 'ada@example.com', isTagged: false } : undefined
  const identify = createIdentify({ whois, owners: () => ['ada@example.com'], clock: systemClock })
  const gateway = await startTestGateway({ identify, ask: async () => ({ text: 'an answer' }) })
  const folder = mkdtempSync(join(tmpdir(), 'identity-'))
  const socketPath = join(folder, 'serve.sock')
  const serve = await gateway.server.openServe({ host, port: 443, socketPath, daemonUids: [0], isPublic })
  onTestFinished(async () => {
    await serve[Symbol.asyncDispose]()
    await gateway[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  const device = makeDevice()
  const knock = async (
    headers: Record<string, string>,
    auth: Record<string, string> = {},
    url = `ws+unix:${socketPath}:/`,
  ) => {
    using client = new RawClient(url, { headers })
    const answer = await client.connect({ device, auth })
    return answer.ok ? 'in' : (answer.error?.message ?? '')
  }
  return { gateway, socketPath, knock }
}

test('TS5, PA1: who is proven needs no secret, but the device waits for approval all the same', async () => {
  const { gateway, knock } = await gatewayOf()
  expect(await knock(fromAda)).toBe('pairing required: device is not approved yet')
  using admin = await gateway.client()
  const list = await admin.request('device.pair.list', {})
  const [pending] = (list.payload as { pending: { requestId: string; remoteIp: string }[] }).pending
  expect(pending?.remoteIp).toBe('100.101.1.2')
  await admin.request('device.pair.approve', { requestId: pending?.requestId })
  expect(await knock(fromAda)).toBe('in')
})

test('TS5: who is not proven needs the secret, and a wrong one beside the proof is refused', async () => {
  const { knock } = await gatewayOf()
  const missing = 'unauthorized: gateway token missing'
  expect(await knock({ ...fromAda, 'x-forwarded-for': '100.101.1.3' })).toContain(missing)
  expect(await knock({ ...fromAda, 'tailscale-user-login': 'bob@example.com' })).toContain(missing)
  expect(await knock(fromAda, { token: 'wrong' })).toContain('mismatch')
})

test('TS4: the same headers from a local program, at any other entrance, prove nothing', async () => {
  const { gateway, knock } = await gatewayOf()
  const forged = { ...fromAda, host: new URL(gateway.url).host }
  expect(await knock(forged, {}, gateway.url)).toContain('unauthorized: gateway token missing')
})

test('TS6: with the mark of Funnel the same headers prove nothing', async () => {
  const { knock } = await gatewayOf(true)
  expect(await knock({ ...fromAda, 'tailscale-funnel-request': '?1' })).toContain('unauthorized: gateway token missing')
})

test('TS7: the proof opens the socket’s login and no route of HTTP', async () => {
  const { socketPath } = await gatewayOf()
  const { request } = await import('node:http')
  const status = (path: string, method: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...fromAda, 'content-type': 'application/json' }
      const asked = request({ socketPath, path, method, headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on('error', reject)
      asked.end(method === 'POST' ? '{"messages":[{"role":"user","content":"hi"}]}' : undefined)
    })
  expect(await status('/v1/chat/completions', 'POST')).toBe(401)
  expect(await status('/healthz', 'GET')).toBe(200)
})
