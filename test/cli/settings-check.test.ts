/** Settings no gateway starts with: nothing that runs is ended for them, and every command here says what they are. */

import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { gatewayServiceName } from '../../src/client/service/gateway-service.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { gatewayHere } from './gateway-here.ts'
import { clawdbot } from './world.ts'

const broken = [
  ['a syntax error', '{\n  gateway: {\n', 'line 3'],
  ['an unknown setting', '{\n  gateway: { prot: 1 }\n}', 'line 2: gateway.prot is not a known setting'],
] as const

test.each(broken)('restart refuses %s and leaves the gateway running; status says both', async (_, text, problem) => {
  await using gateway = await gatewayHere({})
  const { home, run, port } = gateway
  await writeFile(home.paths.configPath, text)
  const restart = await run('gateway restart')
  expect(restart).toMatchObject({ code: 2, out: '' })
  expect(restart.err).toContain(`Invalid config at ${home.paths.configPath}.`)
  expect(restart.err).toContain(problem)
  expect(restart.err).toContain(`The gateway still runs (process ${process.pid}), with the settings it has.`)
  expect(restart.err).toContain('Correct the file, then: clawdbot gateway restart')

  const status = await run('gateway status')
  expect(status).toMatchObject({ code: 0, err: '' })
  expect(status.out).toMatch(/^✅ Running\n/)
  expect(status.out).toMatch(new RegExp(`Port: +${port}\n`))
  expect(status.out).toContain('⚠️  With the settings here no gateway starts')
  expect(status.out).toContain(problem)
  const json = JSON.parse((await run('gateway status --json')).out)
  expect(json).toMatchObject({ running: true, port, settingsProblem: expect.stringContaining(problem) })
})

test.each([
  ['without its password', "{ gateway: { auth: { mode: 'password' } } }", 'password'],
  [
    'with a weak secret where others can knock',
    "{ gateway: { bind: 'lan', auth: { token: 'abc' } } }",
    '24 characters',
  ],
])('restart refuses settings %s and leaves the gateway running', async (_, text, problem) => {
  await using gateway = await gatewayHere({})
  const { home, run, port } = gateway
  await writeFile(home.paths.configPath, text)
  const restart = await run('gateway restart')
  expect(restart).toMatchObject({ code: 2, out: '', err: expect.stringContaining(problem) })
  expect(restart.err).toContain(
    `\n   The gateway still runs (process ${process.pid}), with the settings it has. Then: clawdbot gateway restart\n`,
  )
  expect((await run('gateway status')).out).toMatch(new RegExp(`Port: +${port}\n`))
})

test('status says that none runs also beside settings that cannot be read', async () => {
  await using home = await Home.make()
  const port = await freePort()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  await writeFile(home.paths.configPath, '{ gateway: ', { mode: 0o600 })
  const env = { CLAWDBOT_GATEWAY_PORT: String(port) }
  const status = await clawdbot(home, ['gateway', 'status'], { env })
  expect(status).toMatchObject({ code: 1, err: '', out: expect.stringMatching(/^❌ Not running\n/) })
  expect(status.out).toContain(`Invalid config at ${home.paths.configPath}.`)
  const restart = await clawdbot(home, ['gateway', 'restart'], { env })
  expect(restart).toMatchObject({ code: 2, err: expect.stringContaining('Invalid config') })
  expect(restart.err).not.toContain('still runs')
})

test.each([
  ['restart', 'active'],
  ['start', 'inactive'],
])('%s of a service that is %s names the problem and asks nothing of its manager', async (word, phase) => {
  await using home = await Home.make()
  const asked = join(home.dir, 'asked')
  const program = join(home.dir, 'systemctl')
  await writeFile(
    program,
    `#!/bin/sh\ncase "$*" in\n*is-system-running*) echo running;;\n*show*) echo ActiveState=${phase}; echo MainPID=0;;\n*) echo "$*" >> ${asked};;\nesac\n`,
  )
  await chmod(program, 0o755)
  const unit = join(home.dir, '.config/systemd/user', `${gatewayServiceName(home.paths)}.service`)
  await mkdir(dirname(unit), { recursive: true })
  await writeFile(unit, '[Service]\n')
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  await writeFile(home.paths.configPath, '{ nonsense: 1 }', { mode: 0o600 })
  const env = { PATH: `${home.dir}:/usr/bin:/bin`, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  const run = async () => await clawdbot(home, ['gateway', word], { env })
  const refused = await run()
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('line 1: nonsense is not a known setting') })
  expect(refused.err.includes('The gateway still runs')).toBe(phase === 'active')
  expect(existsSync(asked)).toBe(false)
  if (word === 'restart') return // which would wait for an answer
  await writeFile(home.paths.configPath, '{}')
  expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('Running as a service') })
  expect(await readFile(asked, 'utf8')).toContain('start')
})
