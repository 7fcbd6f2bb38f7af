/** A real systemd user manager that keeps a tunnel up. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { built } from '../support/programs.ts'
import { UserManager } from '../support/user-manager.ts'

test('installed, it is up, comes back after kill -9, stays down after down, and is gone after uninstall', async () => {
  await using home = await Home.make()
  const gateway = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
  await once(gateway, 'listening')
  const url = `ws://127.0.0.1:${(gateway.address() as { port: number }).port}`
  const keeping = { paths: home.paths, clock: systemClock }
  await saveProfile({ name: 'vps', ways: [{ kind: 'direct', url }] }, undefined, keeping)
  try {
    await using manager = await UserManager.start(home.dir, { CLAWDBOT_STATE_DIR: home.paths.stateDir })
    const run = async (...words: string[]) =>
      await manager.inside(process.execPath, built('clawdbot'), 'tunnel', ...words)
    const status = async () => JSON.parse(await run('status', 'vps', '--json').catch(({ stdout }) => stdout))
    const port = String(await freePort())

    const installed = await run('install', 'vps', '--local-port', port)
    expect(installed).toContain('✅ vps: up (direct)')
    expect(installed).toContain(', as a service')
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
    expect(await run('install', 'vps')).toContain('✅ Installed already')

    const { pid } = await status()
    process.kill(pid, 'SIGKILL')
    await expect.poll(async () => (await status()).phase, { timeout: 20_000, interval: 250 }).toBe('up')
    expect((await status()).pid).not.toBe(pid)

    expect(await run('down', 'vps')).toContain('It starts again with the next login')
    expect(await manager.systemctl('is-active', 'clawdbot-tunnel-*')).toBe('')
    expect(await run('uninstall', 'vps')).toContain('✅ Removed')
    expect(await manager.systemctl('list-unit-files', 'clawdbot-*')).toContain('0 unit files')
  } finally {
    gateway.close()
  }
}, 120_000)
