import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launchdManager } from '../../../src/client/service/launchd-manager.ts'
import { serviceManager } from '../../../src/client/service/this-service-manager.ts'
import { launchdAgent } from '../../../src/shared/service/launchd.ts'
import { Home } from '../support.ts'
import { scriptedPrograms, spec } from './support.ts'

const label = 'com.clawdbot.tunnel-abc'

test('an agent is written and loaded once; a changed one is loaded anew; then it is gone', async () => {
  await using home = await Home.make()
  const { ask, take } = scriptedPrograms({
    [`launchctl print gui/501/${label}`]: [{ code: 113 }, { code: 0 }],
    'launchctl print gui/501': { code: 0 },
  })
  const manager = launchdManager({ home: home.dir, uid: 501, ask })
  const its = { ...spec, logPath: join(home.dir, 'logs', 'tunnel.log') }
  const path = join(home.dir, 'Library/LaunchAgents', `${label}.plist`)
  expect(await manager.install(its)).toMatchObject({
    path,
    isChanged: true,
    done: [`launchctl bootstrap gui/501 ${path}`],
  })
  expect(await readFile(path, 'utf8')).toBe(launchdAgent(its, label))
  expect((await stat(its.logPath)).mode & 0o777).toBe(0o600)
  expect(await manager.install(its)).toMatchObject({ isChanged: false, done: [] })
  const changed = await manager.install({ ...its, argv: ['/usr/bin/node', 'other'] })
  expect(changed.done).toEqual([`launchctl bootout gui/501/${label}`, `launchctl bootstrap gui/501 ${path}`])
  take()
  expect(await manager.uninstall(spec.name)).toMatchObject({ isChanged: true })
  expect(take()).toContain(`launchctl bootout gui/501/${label}`)
  await expect(stat(path)).rejects.toThrow('ENOENT')
})

test('without a session the agent waits for the next login; a refusal is told', async () => {
  await using home = await Home.make()
  const its = { ...spec, logPath: join(home.dir, 'tunnel.log') }
  const away = scriptedPrograms({ 'launchctl print': { code: 113 } })
  const report = await launchdManager({ home: home.dir, uid: 501, ask: away.ask }).install(its)
  expect(report.toDo).toEqual([`launchctl bootstrap gui/501 ${report.path}`])
  const refusing = scriptedPrograms({
    [`launchctl print gui/501/${label}`]: { code: 113 },
    'launchctl bootstrap': { code: 5, stderr: 'Bootstrap failed: 5\n' },
  })
  await expect(launchdManager({ home: home.dir, uid: 501, ask: refusing.ask }).install(its)).rejects.toMatchObject({
    code: 'service.failed',
  })
})

test("an agent is started, ended and asked about in launchd's words", async () => {
  const running = `${label} = {\n\tactive count = 1\n\tstate = running\n\tpid = 4711\n}\n`
  const { ask, take } = scriptedPrograms({
    'launchctl print': [{ stdout: running }, { code: 0 }, { code: 113 }, { code: 113 }],
  })
  const manager = launchdManager({ home: '/Users/ann', uid: 501, ask })
  expect(await manager.state(spec.name)).toMatchObject({ phase: 'running', pid: 4711, words: 'running' })
  expect(await manager.control('restart', spec.name)).toBe(`launchctl kickstart -k gui/501/${label}`)
  await manager.control('start', spec.name)
  expect(take().at(-1)).toBe(`launchctl bootstrap gui/501 /Users/ann/Library/LaunchAgents/${label}.plist`)
  expect(await manager.control('stop', spec.name)).toBe(`launchctl kill SIGTERM gui/501/${label}`)
  expect(await manager.state(spec.name)).toMatchObject({ phase: 'stopped', words: 'not loaded', isEnabled: false })
})

test('a system without either is told apart', () => {
  const { ask } = scriptedPrograms({})
  const world = { home: '/home/ann', env: {}, uid: 1000, ask }
  expect(() => serviceManager({ ...world, platform: 'win32' })).toThrow(/no service manager/)
  expect(serviceManager({ ...world, platform: 'darwin' })).toHaveProperty('install')
})
