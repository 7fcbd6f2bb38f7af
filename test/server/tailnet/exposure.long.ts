import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { configSchema } from '../../../src/server/config/schema.ts'
import { type ExposureParts, keepExposed } from '../../../src/server/tailnet/exposure.ts'
import { ManualClock } from '../../support/clock.ts'
import { startTestGateway } from '../../support/gateway.ts'
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

test('what keeps Tailscale from it is told once with its remedy, and tried again by itself', async () => {
  const { tailscale, clock, printed, keep, heard } = await world({ backend: 'Stopped' })
  await using _kept = keep({ mode: 'serve' })
  await heard('⚠️ Tailscale Serve is not on: Tailscale is stopped on this machine\n   Run: tailscale up')
  const calls = tailscale.calls().length
  await clock.advance(30_000)
  await vi.waitFor(() => expect(tailscale.calls().length).toBeGreaterThan(calls), { timeout: 8000 })
  expect(printed).toHaveLength(1)
  tailscale.change({ backend: 'Running' })
  await vi.waitFor(
    async () => {
      await clock.advance(30_000)
      expect(printed.join('\n')).toContain(`🌐 Tailscale Serve: https://${host}/`)
    },
    { timeout: 8000, interval: 200 },
  )
})

test('it stays when the gateway stops, so that the address does; with resetOnExit ours goes and others stay', async () => {
  const { tailscale, keep, heard, printed, noted, notePath } = await world()
  const first = keep({ mode: 'serve' })
  await heard('🌐 Tailscale Serve')
  await first[Symbol.asyncDispose]()
  expect(targetOf(tailscale)).toMatch(/^unix:/)
  printed.length = 0
  const served = tailscale.served()
  served.Web = { ...served.Web, [`${host}:8443`]: { Handlers: { '/': { Proxy: 'http://127.0.0.1:3000' } } } }
  tailscale.serve(served)
  const second = keep({ mode: 'serve', resetOnExit: true })
  await heard('🌐 Tailscale Serve')
  await second[Symbol.asyncDispose]()
  expect([targetOf(tailscale), targetOf(tailscale, 8443)]).toEqual(['nothing', 'http://127.0.0.1:3000'])
  expect(existsSync(notePath)).toBe(false)
  expect(noted.at(-2)).toBe(`tailscale.served {"url":"https://${host}/","mode":"serve"}`)
  expect(noted.at(-1)).toBe('tailscale.withdrawn {"port":443,"how":"removed"}')
})

test('TS10: what a killed gateway left is replaced by the next one, and taken away by one whose mode is off', async () => {
  const { tailscale, keep, heard, logged, notePath, printed } = await world({ version: '1.80.2' })
  const first = keep({ mode: 'serve' })
  await heard('🌐 Tailscale Serve')
  await first[Symbol.asyncDispose]() // without resetOnExit it leaves what a kill would leave
  const old = targetOf(tailscale)
  printed.length = 0
  await using _second = keep({ mode: 'serve' })
  await heard('🌐 Tailscale Serve')
  expect(targetOf(tailscale)).not.toBe(old)
  await using _third = keep({ mode: 'off' })
  await logged('what an earlier gateway let Tailscale serve')
  expect([targetOf(tailscale), existsSync(notePath)]).toEqual(['nothing', false])
})
