import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { configSchema } from '../../../src/server/config/schema.ts'
import { type ExposureParts, keepExposed } from '../../../src/server/tailnet/exposure.ts'
import { ManualClock } from '../../support/clock.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'
import { type StandIn, standInTailscale } from '../../support/tailscale/stand-in.ts'
import type { World } from '../../support/tailscale/world.ts'

const host = 'laptop.tail1234.ts.net'

async function world(parts: Partial<World> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'exposure-'))
  const tailscale = standInTailscale(parts)
  const gateway = await startTestGateway()
  onTestFinished(async () => {
    await gateway[Symbol.asyncDispose]()
    tailscale[Symbol.dispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  const clock = new ManualClock()
  const printed: string[] = []
  const noted: string[] = []
  const notePath = join(folder, 'note.json')
  const keep = (settings: object, more: Partial<ExposureParts> = {}) =>
    keepExposed({
      command: tailscale.command,
      settings: configSchema.parse({ gateway: { tailscale: settings } }).gateway.tailscale,
      openServe: gateway.server.openServe,
      notePath,
      socketPath: join(folder, 'serve.sock'),
      print: (line) => printed.push(line),
      log: gateway.parts.log,
      note: (what, facts) => noted.push(`${what} ${JSON.stringify(facts)}`),
      clock,
      platform: 'linux',
      ...more,
    })
  const heard = (text: string) => vi.waitFor(() => expect(printed.join('\n')).toContain(text), { timeout: 8000 })
  const logged = (text: string) =>
    vi.waitFor(() => expect(gateway.logged.join('\n')).toContain(text), { timeout: 8000 })
  return { tailscale, gateway, folder, clock, printed, noted, notePath, keep, heard, logged }
}

const targetOf = (tailscale: StandIn, port = 443) =>
  tailscale.served().Web?.[`${host}:${port}`]?.Handlers['/']?.Proxy ?? 'nothing'

test('Serve is turned on and its address printed; the way to the gateway is a socket of its own', async () => {
  const { tailscale, folder, keep, heard, notePath } = await world()
  await using _kept = keep({ mode: 'serve' })
  await heard(`🌐 Tailscale Serve: https://${host}/`)
  expect(targetOf(tailscale)).toBe(`unix:${join(folder, 'serve.sock')}`)
  expect(JSON.parse(readFileSync(notePath, 'utf8'))).toMatchObject({ host, port: 443 })
  const headers = { host, 'x-forwarded-for': '100.101.1.2', 'x-forwarded-proto': 'https' }
  expect(await RawClient.status(`ws+unix:${join(folder, 'serve.sock')}:/`, { headers })).toBe(101)
})

test('Funnel is printed as such, on the port it was given', async () => {
  const { tailscale, keep, heard } = await world()
  await using _kept = keep({ mode: 'funnel', port: 8443 })
  await heard(`🌐 Tailscale Funnel: https://${host}:8443/`)
  expect(tailscale.served().AllowFunnel).toEqual({ [`${host}:8443`]: true })
})

test.each([
  ['an older Tailscale', { version: '1.80.2' }, {}],
  ['a Tailscale in a sandbox', {}, { platform: 'darwin' as const }],
  ['a path too long for a socket', {}, { socketPath: `/tmp/${'x'.repeat(120)}` }],
])('%s is led to a port of loopback with a path that cannot be guessed', async (_what, parts, more) => {
  const { tailscale, keep, heard } = await world(parts)
  await using _kept = keep({ mode: 'serve' }, more)
  await heard('🌐 Tailscale Serve')
  expect(targetOf(tailscale)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/)
})

test('TS3: with mode off and nothing of ours placed, Tailscale is not even asked', async () => {
  const { tailscale, keep } = await world()
  await keep({ mode: 'off' })[Symbol.asyncDispose]()
  expect(tailscale.wasCalled()).toBe(false)
})

test('a Tailscale that hangs delays neither the gateway nor its end', async () => {
  const { keep } = await world({ hangs: true })
  const kept = keep({ mode: 'serve' })
  await kept[Symbol.asyncDispose]()
})
