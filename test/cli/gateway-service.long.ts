/** A real systemd user manager that keeps a gateway up, in a home with the oddest of names. */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { built } from '../support/programs.ts'
import { UserManager } from '../support/user-manager.ts'

test('it starts, says that it is ready, comes back after kill -9 and after hanging, obeys, and is gone', async () => {
  await using outer = await Home.make()
  const home = join(outer.dir, `Ann's "100%h" 日本 $X`)
  const state = join(home, '.clawdbot')
  await mkdir(state, { recursive: true, mode: 0o700 })
  const port = await freePort()
  const settings = { gateway: { port }, tools: { exec: { security: 'full' } } }
  await writeFile(join(state, 'clawdbot.json'), JSON.stringify(settings), { mode: 0o600 })
  await writeFile(join(state, 'gateway.env'), 'MARK="from the file"\n', { mode: 0o600 })
  await using manager = await UserManager.start(home)
  const run = async (...words: string[]) =>
    await manager
      .inside(process.execPath, built('clawdbot'), 'gateway', ...words)
      .catch(({ stdout }) => stdout as string)
  const status = async () => JSON.parse(await run('status', '--json'))
  /** Of the gateway that answers, once it is another one than before. */
  const next = async (before: number): Promise<number> => {
    const pid = async () => ((await status()) as { pid?: number }).pid ?? before
    await expect.poll(pid, { timeout: 40_000, interval: 250 }).not.toBe(before)
    return await pid()
  }

  const installed = await run('install', '--yes', '--run-as', 'root')
  expect(installed).toMatch(/✅ Installed: .*clawdbot-gateway\.service\n[\s\S]*✅ Running \(process \d+\)/)
  expect(await run('install', '--yes', '--run-as', 'root')).toContain('✅ Installed already')
  const first = await status()
  expect(first).toMatchObject({ running: true, startedBy: 'service', service: { phase: 'running', isEnabled: true } })
  expect(first.service.pid).toBe(first.pid)
  const shown = await manager.systemctl('show', 'clawdbot-gateway', '--property=Type,StatusText,WatchdogUSec')
  expect(shown.split('\n').toSorted().join(' ').trim()).toBe(
    `StatusText=listening on ws://127.0.0.1:${port} Type=notify WatchdogUSec=1min 30s`,
  )

  // What it sees, and what it may do.
  expect(await readFile(`/proc/${first.pid}/environ`, 'utf8')).toContain('\0MARK=from the file\0')
  expect(await readFile(`/proc/${first.pid}/status`, 'utf8')).toMatch(/NoNewPrivs:\t1\n/)
  const touch = async (path: string) =>
    await manager.inside('nsenter', '-t', String(first.pid), '-m', 'touch', path).then(
      () => 'written',
      ({ stderr }) => stderr,
    )
  expect(await touch(join(state, 'new'))).toBe('written')
  expect(await touch(join(home, 'new'))).toContain('Read-only file system')
  const asked = [process.execPath, built('clawdbot'), 'agent', '--message', 'run expr 6 \\* 7']
  expect(await manager.inside(...asked)).toContain('42') // its commands start inside all that

  process.kill(first.pid, 'SIGKILL')
  const second = await next(first.pid)
  const override = join(home, '.config/systemd/user/clawdbot-gateway.service.d')
  await mkdir(override)
  await writeFile(join(override, 'soon.conf'), '[Service]\nWatchdogSec=10s\nRestartSec=100ms\n')
  await manager.systemctl('daemon-reload')
  expect(await run('restart')).toContain('systemctl --user restart clawdbot-gateway')
  const third = await next(second)
  process.kill(third, 'SIGSTOP') // it hangs
  const fourth = await next(third)
  expect((await status()).service).toMatchObject({ restarts: 1, pid: fourth }) // since it was told to restart

  const refusal = async (word: string): Promise<string> =>
    await manager.inside(process.execPath, built('clawdbot'), 'gateway', word).catch(({ stderr }) => stderr)
  const breakSettings = async () => await writeFile(join(state, 'clawdbot.json'), '{ nonsense: 1 }')
  const mendSettings = async () => await writeFile(join(state, 'clawdbot.json'), JSON.stringify(settings))
  await breakSettings()
  const refused = await refusal('restart')
  expect(refused).toContain('line 1: nonsense is not a known setting')
  expect(refused).toContain(`The gateway still runs (process ${fourth}), with the settings it has.`)
  expect(await status()).toMatchObject({ running: true, pid: fourth, service: { pid: fourth } })
  await mendSettings()

  expect(await run('stop')).toContain(`✅ Stopped (process ${fourth})\n   systemctl --user stop clawdbot-gateway`)
  const stopped = await run('status')
  expect(stopped).toContain('❌ Not running')
  expect(stopped).toContain('⏹ Service of this account')
  await breakSettings()
  expect(await refusal('start')).toContain('line 1: nonsense is not a known setting')
  expect((await status()).service).toMatchObject({ phase: 'stopped' })
  await mendSettings()
  expect(await run('start')).toContain('✅ Running as a service')
  expect(await status()).toMatchObject({ running: true, service: { phase: 'running' } })
  expect(await run('uninstall')).toContain('✅ Removed')
  expect(await status()).toEqual({ running: false, port, portTaken: false, service: null })
  expect(await manager.systemctl('list-unit-files', 'clawdbot-*')).toContain('0 unit files')
}, 200_000)
