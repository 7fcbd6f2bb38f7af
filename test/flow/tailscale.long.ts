/** A gateway that is taken into the tailnet and out again while it runs, as a person would do it. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { RawClient } from '../support/raw-client.ts'
import { standInTailscale } from '../support/tailscale/stand-in.ts'

test('TS1, TS3: serve, drift, fix and off, with a handler of somebody else that survives it all', async () => {
  using tailscale = standInTailscale()
  const foreign = { 'laptop.tail1234.ts.net:8443': { Handlers: { '/': { Proxy: 'http://127.0.0.1:3000' } } } }
  tailscale.serve({ Web: foreign })
  const config = { gateway: { reload: { debounceMs: 5 } } }
  await using gateway = await startBuiltGateway({ config, env: tailscale.env })
  const { stateDir } = gateway
  const env = { ...compiledOnce, ...tailscale.env, HOME: stateDir, CLAWDBOT_STATE_DIR: stateDir }
  const clawdbot = async (...args: string[]) => {
    const run = promisify(execFile)(process.execPath, [built('clawdbot'), 'tailscale', ...args], { env })
    return await run.then(
      ({ stdout }) => ({ code: 0, out: stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, out: error.stdout }),
    )
  }
  expect(await clawdbot('serve')).toEqual({ code: 0, out: '🌐 Tailscale Serve: https://laptop.tail1234.ts.net/\n' })
  // The command ends when it sees what was placed, the gateway says so when it has seen it too.
  await expect.poll(() => gateway.output()).toContain('🌐 Tailscale Serve: https://laptop.tail1234.ts.net/')
  const handlers = tailscale.served().Web?.['laptop.tail1234.ts.net:443']?.Handlers
  const path = handlers?.['/']?.Proxy?.replace('unix:', '')
  const headers = { host: 'laptop.tail1234.ts.net', 'x-forwarded-for': '100.101.1.2' }
  expect(await RawClient.status(`ws+unix:${path}:/`, { headers })).toBe(101)

  tailscale.serve({ Web: foreign })
  const drifted = await clawdbot('status', '--json')
  expect([drifted.code, JSON.parse(drifted.out)]).toMatchObject([1, { served: { kind: 'nothing' }, asWanted: false }])
  expect(await clawdbot('fix')).toMatchObject({ code: 0 })
  expect(JSON.parse((await clawdbot('status', '--json')).out)).toMatchObject({ served: { kind: 'ours' }, others: 1 })

  expect(await clawdbot('off')).toMatchObject({ code: 0 })
  expect(tailscale.served().Web).toEqual(foreign)
})
