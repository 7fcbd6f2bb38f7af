import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemdManager } from '../../../src/client/service/systemd-manager.ts'
import { systemdUnit } from '../../../src/shared/service/systemd.ts'
import { Home } from '../support.ts'
import { scriptedPrograms, spec } from './support.ts'

const running = { 'systemctl --user is-system-running': { stdout: 'running\n' } }
const unit = 'clawdbot-tunnel-abc.service'
const start = ['systemctl --user daemon-reload', `systemctl --user enable ${unit}`]

async function fresh(answers: Parameters<typeof scriptedPrograms>[0]) {
  const home = await Home.make()
  const { ask, take } = scriptedPrograms(answers)
  const manager = systemdManager({ home: home.dir, env: {}, uid: 1000, ask })
  const path = join(home.dir, '.config/systemd/user', unit)
  return { manager, take, path, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
}

test('a unit is written, enabled and started; the second time nothing changes; then it is gone', async () => {
  await using home = await fresh({ ...running, 'loginctl show-user 1000': { stdout: 'no\n' } })
  const first = await home.manager.install(spec)
  expect(first).toMatchObject({ path: home.path, isChanged: true, toDo: [] })
  expect(first.done).toEqual([...start, `systemctl --user restart ${unit}`])
  expect(first.remarks).toEqual([expect.stringContaining('loginctl enable-linger')])
  expect(await readFile(home.path, 'utf8')).toBe(systemdUnit(spec, 'namespaces'))
  expect((await stat(home.path)).mode & 0o777).toBe(0o600)

  const second = await home.manager.install(spec)
  expect(second.isChanged).toBe(false)
  expect(second.done.at(-1)).toBe(`systemctl --user start ${unit}`)

  home.take()
  expect(await home.manager.uninstall(spec.name)).toMatchObject({ isChanged: true })
  expect(home.take()).toContain(`systemctl --user disable --now ${unit}`)
  await expect(stat(home.path)).rejects.toThrow('ENOENT')
  expect(await home.manager.uninstall(spec.name)).toMatchObject({ isChanged: false, done: [] })
})

test('without a user manager the unit is written, and what to run is said', async () => {
  await using home = await fresh({ 'systemctl --user is-system-running': { code: 1, stdout: 'offline\n' } })
  const report = await home.manager.install(spec)
  expect(report).toMatchObject({ isChanged: true, done: [] })
  expect(report.toDo).toEqual(['systemctl --user daemon-reload', `systemctl --user enable --now ${unit}`])
  expect(await readFile(home.path, 'utf8')).toContain('ExecStart=/usr/bin/node /opt/clawdbot/clawdbot.js tunnel up vps')
})

test('where user namespaces are forbidden the unit does with less, says so, and stays so', async () => {
  await using home = await fresh({
    ...running,
    [`systemctl --user restart ${unit}`]: [{ code: 1, stderr: 'Job failed' }, { code: 0 }],
    'systemctl --user show --property=ExecMainStatus': { stdout: '226\n' },
  })
  const report = await home.manager.install(spec)
  expect(report.remarks[0]).toContain('no account have namespaces')
  expect(await readFile(home.path, 'utf8')).toBe(systemdUnit(spec, 'plain'))
  const again = await home.manager.install(spec)
  expect(again).toMatchObject({ isChanged: false, remarks: report.remarks })
})

test('a start that fails is a fault with where to look', async () => {
  await using home = await fresh({
    ...running,
    [`systemctl --user restart ${unit}`]: { code: 1, stderr: 'Unit is masked.\n' },
    'systemctl --user show': { stdout: '0\n' },
  })
  await expect(home.manager.install(spec)).rejects.toMatchObject({
    code: 'service.failed',
    message: `systemctl --user restart ${unit} failed: Unit is masked.`,
    remedy: `See: journalctl --user --unit ${unit}`,
  })
})

test("a service of the system is anybody's to read, and needs no lingering", async () => {
  await using home = await Home.make()
  const { ask, take } = scriptedPrograms({ 'systemctl is-system-running': { stdout: 'degraded\n' } })
  const its = { ...spec, name: 'clawdbot-gateway', account: 'ann', watchdogS: 90 }
  const around = { home: home.dir, env: {}, uid: 0, ask, scope: 'system' as const, systemFolder: home.dir }
  const manager = systemdManager(around)
  const report = await manager.install(its)
  expect(report).toMatchObject({ path: join(home.dir, 'clawdbot-gateway.service'), remarks: [] })
  expect((await stat(report.path)).mode & 0o777).toBe(0o644)
  expect(manager.plan(its).text).toBe(await readFile(report.path, 'utf8'))
  expect(take()).toEqual([
    'systemctl is-system-running',
    ...['daemon-reload', 'enable clawdbot-gateway.service', 'restart clawdbot-gateway.service'].map(
      (w) => `systemctl ${w}`,
    ),
  ])
})

const shown = (active: string, more: string) => ({
  stdout: `Result=success\nActiveState=${active}\nUnitFileState=enabled\nNRestarts=0\nMainPID=0\n${more}\n`,
})

test.each([
  [shown('active', 'SubState=running\nMainPID=4711'), { phase: 'running', words: 'active (running)', pid: 4711 }],
  [
    shown('activating', 'SubState=auto-restart\nResult=watchdog\nNRestarts=3'),
    { phase: 'starting', restarts: 3, words: 'activating (auto-restart, watchdog)' },
  ],
  [shown('failed', 'SubState=failed\nResult=exit-code'), { phase: 'failed', words: 'failed (failed, exit-code)' }],
  [shown('inactive', 'SubState=dead\nUnitFileState=disabled'), { phase: 'stopped', isEnabled: false, pid: undefined }],
])('%o is told in our words', async (answer, expected) => {
  await using home = await fresh({ ...running, 'systemctl --user show': answer })
  expect(await home.manager.state('clawdbot-tunnel-abc')).toMatchObject(expected)
})

test('a manager that is not there knows nothing; one that refuses names what to run as root', async () => {
  await using away = await fresh({ 'systemctl --user is-system-running': { code: 1, stdout: 'offline\n' } })
  expect(await away.manager.state('clawdbot-tunnel-abc')).toMatchObject({ phase: 'unknown' })
  await using refusing = await fresh({
    'systemctl --user stop': { code: 4, stderr: 'Interactive authentication required.\n' },
  })
  await expect(refusing.manager.control('stop', 'clawdbot-tunnel-abc')).rejects.toMatchObject({
    remedy: `Run: sudo systemctl --user stop ${unit}`,
  })
})
