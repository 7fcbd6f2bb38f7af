/** A real systemd user manager, in a mount namespace of its own, that keeps a tunnel up. Needs root, as in CI. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { built, requireProgram } from '../support/programs.ts'

/** systemd only runs where the system looks as if it had been booted by it. */
const script = `
mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd && mkdir -p /run/systemd/system || exit 1
exec /lib/systemd/systemd --user
`

test('installed, it is up, comes back after kill -9, stays down after down, and is gone after uninstall', async () => {
  requireProgram('systemd-analyze')
  await using home = await Home.make()
  const gateway = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
  await once(gateway, 'listening')
  const url = `ws://127.0.0.1:${(gateway.address() as { port: number }).port}`
  const keeping = { paths: home.paths, clock: systemClock }
  await saveProfile({ name: 'vps', ways: [{ kind: 'direct', url }] }, undefined, keeping)
  const runtime = join(home.dir, 'run')
  await mkdir(runtime, { mode: 0o700 })
  await writeFile(join(home.dir, 'manager.sh'), script)
  const env = { PATH: '/usr/bin:/bin:/usr/sbin', HOME: home.dir, XDG_RUNTIME_DIR: runtime }
  const all = { ...env, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  const manager = spawn('unshare', ['-m', '--propagation', 'private', 'sh', join(home.dir, 'manager.sh')], { env })
  try {
    /** Where that manager is what the system was booted by. */
    const inside = async (words: string[]) =>
      (await promisify(execFile)('nsenter', ['-t', String(manager.pid), '-m', ...words], { env: all })).stdout
    const systemctl = async (...words: string[]) =>
      await inside(['systemctl', '--user', ...words]).catch(({ stdout }) => stdout)
    await expect.poll(() => systemctl('is-system-running'), { timeout: 10_000 }).toMatch(/running|degraded/)
    const run = async (...words: string[]) => await inside([process.execPath, built('clawdbot'), 'tunnel', ...words])
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
    expect(await systemctl('is-active', 'clawdbot-tunnel-*')).toBe('')
    expect(await run('uninstall', 'vps')).toContain('✅ Removed')
    expect(await systemctl('list-unit-files', 'clawdbot-*')).toContain('0 unit files')
  } finally {
    manager.kill()
    await once(manager, 'exit')
    gateway.close()
  }
}, 60_000)
