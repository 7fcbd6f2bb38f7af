import { expect, test, vi } from 'vitest'
import type { Home } from '../client/support.ts'
import { standInTailscale } from '../support/tailscale/stand-in.ts'
import { gatewayHere } from './gateway-here.ts'
import { clawdbot } from './world.ts'

const host = 'laptop.tail1234.ts.net'

const modeOf = async (home: Home) => (await clawdbot(home, ['config', 'get', 'gateway.tailscale.mode'])).out.trim()

test('what the running gateway was started with counts before the settings, for status, fix and the audit', async () => {
  using tailscale = standInTailscale()
  await using gateway = await gatewayHere({ flags: { tailscale: 'serve' }, env: tailscale.env })
  const { run, printed } = gateway
  await vi.waitFor(() => expect(printed.join('\n')).toContain(`🌐 Tailscale Serve: https://${host}/`))
  const status = await run('tailscale status')
  expect(status).toMatchObject({ code: 0, out: expect.not.stringContaining('tailscale fix') })
  expect(status.out).toMatch(/Wanted: +serve on port 443 \(the gateway was started with --tailscale serve\)/)
  expect((await run('tailscale fix')).out).toContain('Nothing to fix')
  expect(tailscale.served().Web).toHaveProperty(`${host}:443`)
  const ids = JSON.parse((await run('security audit --deep --json')).out).findings.map(({ id }: { id: string }) => id)
  expect(ids).toContain('tailscale.serve_on')
  expect(ids).not.toContain('tailscale.serve_drift')
  for (const other of ['tailscale off', 'tailscale funnel --confirm laptop']) {
    const env = { ...gateway.env, CLAWDBOT_GATEWAY_PASSWORD: 'kettle orbit mango thimble' }
    expect(await clawdbot(gateway.home, other.split(' '), { env })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/started with --tailscale serve[\s\S]*clawdbot gateway restart/),
    })
  }
  expect(await modeOf(gateway.home)).toBe('off')
})
