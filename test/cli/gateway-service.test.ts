import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { gatewayServiceName } from '../../src/client/service/gateway-service.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { built, requireProgram } from '../support/programs.ts'
import { clawdbot, type WorldOptions } from './world.ts'

const self = userInfo().username

/** A home whose systemd does not run, and where the person has agreed to run it as whoever runs this test. */
async function quietHome() {
  const home = await Home.make()
  const bin = join(home.dir, 'bin')
  await mkdir(bin)
  const answers = { systemctl: 'echo offline\nexit 1', loginctl: 'exit 1' }
  for (const [name, text] of Object.entries(answers)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(bin, name), 0o755)
  }
  const env = { PATH: `${bin}:/usr/bin:/bin`, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  const run = (words: string, more: Partial<WorldOptions> = {}) =>
    clawdbot(home, `gateway ${words}`.split(' '), {
      ...{ env, program: built('clawdbot'), serverProgram: built('clawdbot-server') },
      ...more,
    })
  const unit = join(home.dir, '.config/systemd/user', `${gatewayServiceName(home.paths)}.service`)
  return { home, env, run, unit, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
}

test('install shows its plan, writes a unit without secrets that systemd takes, and again changes nothing', async () => {
  await using place = await quietHome()
  const { home, run, unit } = place
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  const key = ['$', '{MY_KEY}'].join('')
  const settings = {
    gateway: { port: await freePort(), auth: { token: key } },
    agents: { defaults: { workspace: '~/work space' } },
  }
  await writeFile(home.paths.configPath, JSON.stringify(settings), { mode: 0o600 })
  const env = { ...place.env, CLAWDBOT_GATEWAY_TOKEN: 'hunter2', MY_KEY: 'hunter3' }
  const first = await run(`install --yes --run-as ${self} --allow-write ~/src --port 4711`, { env })
  expect(first).toMatchObject({ code: 0, err: '' })
  for (const words of [
    `  Unit:      ${unit}\n`,
    `  As:        ${self}\n`,
    `May write: ${home.paths.stateDir}, ${home.dir}/work space, ${home.dir}/.cache/clawdbot, ${home.dir}/src and`,
    'CLAWDBOT_GATEWAY_TOKEN, MY_KEY are set in this shell only. Keep them for the service: clawdbot secrets set CLAW',
    `✅ Installed: ${unit}\n`,
    '   systemctl --user enable --now clawdbot-gateway-',
  ]) {
    expect(first.out).toContain(words)
  }
  const text = await readFile(unit, 'utf8')
  expect(text).toContain(`/clawdbot-server.js --port 4711\n`)
  expect(text).toContain(`\nEnvironmentFile=-${home.paths.stateDir}/gateway.env\n`)
  expect(text).not.toMatch(/hunter/)
  expect((await stat(unit)).mode & 0o777).toBe(0o600)
  const analyze = { env: { PATH: process.env.PATH, HOME: home.dir, XDG_RUNTIME_DIR: home.dir } }
  const verify = ['verify', '--user', '--man=no', unit]
  expect(await promisify(execFile)(requireProgram('systemd-analyze'), verify, analyze)).toEqual({
    stdout: '',
    stderr: '',
  })
  const again = await run(`install --yes --run-as ${self} --allow-write ~/src --port 4711 --json`, { env })
  expect(JSON.parse(again.out)).toMatchObject({ installed: true, scope: 'user', isChanged: false, path: unit })

  const status = await run('status', { env })
  expect(status.out).toContain('❌ Not running')
  expect(status.out).toContain(`❔ Service of this account\n  Unit:    ${unit}\n`)
  expect((await run('start')).out).toBe('server \n') // nobody manages it here, so it runs in the foreground
  expect((await run('uninstall')).out).toContain(`✅ Removed ${unit}; what is in ${home.paths.stateDir} stays\n`)
  expect((await run('uninstall')).out).toBe('✅ The gateway is no service here\n')
})

test('a dry run shows the whole unit of the system and writes nothing; names that are none are refused', async () => {
  await using place = await quietHome()
  const { out, code } = await place.run(`install --system --run-as ${self} --dry-run`)
  expect(code).toBe(0)
  expect(out).toContain('The gateway as a service of this machine, started at boot:\n')
  expect(out).toContain('/etc/systemd/system/clawdbot-gateway-')
  expect(out).toContain(`\nUser=${self}\n`)
  expect(out).toContain('\nWatchdogSec=90s\n')
  const nobody = await place.run('install --system --run-as no-such-account --dry-run')
  expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining('There is no account "no-such-account" here') })
  await expect(stat(place.unit)).rejects.toThrow('ENOENT')
})

test('it asks first, and without a terminal wants --yes', async () => {
  await using place = await quietHome()
  expect(await place.run(`install --run-as ${self}`)).toMatchObject({
    code: 2,
    err: expect.stringContaining('it needs --yes'),
  })
  const asked: string[] = []
  const refuse = async () => undefined
  const person = {
    ...{ isThere: true, line: refuse, hidden: refuse, input: async () => '' },
    confirm: async (question: string) => {
      asked.push(question)
      return false
    },
  }
  expect((await place.run(`install --run-as ${self}`, { person })).code).toBe(1)
  expect(asked).toEqual(['Install it?'])
  await expect(stat(place.unit)).rejects.toThrow('ENOENT')
})

test('OP6: root is refused until it is named, and told what else there is', async () => {
  await using place = await quietHome()
  const spied = vi.spyOn(process as { getuid(): number }, 'getuid').mockReturnValue(0)
  try {
    const plain = await place.run('install --yes')
    expect(plain).toMatchObject({ code: 2, err: expect.stringContaining('would run as root') })
    expect(plain.err).toContain('Log in as another account. If root is what you want, say so: --run-as root')
    const sudo = await place.run('install --yes', { env: { ...place.env, SUDO_USER: 'ann' } })
    expect(sudo.err).toContain('Run it without sudo.')
    const nothing = { code: 0, out: '✅ The gateway is no service here\n', err: '' }
    expect(await place.run('uninstall --system')).toEqual(nothing)
    expect(await place.run('uninstall')).toEqual(nothing)
  } finally {
    spied.mockRestore()
  }
})

test('with settings no gateway starts with, nothing is installed', async () => {
  await using place = await quietHome()
  await mkdir(place.home.paths.stateDir, { recursive: true })
  await writeFile(place.home.paths.configPath, '{ gateway: { bind: "moon" } }', { mode: 0o600 })
  const { code, err } = await place.run(`install --yes --run-as ${self}`)
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('clawdbot config validate') })
  await expect(stat(place.unit)).rejects.toThrow('ENOENT')
})

test('what runs already is not doubled', async () => {
  await using place = await quietHome()
  await mkdir(place.home.paths.stateDir, { recursive: true })
  await writeFile(place.home.paths.runtimeFile, JSON.stringify({ pid: process.pid, port: 1 }))
  const { code, err } = await place.run(`install --yes --run-as ${self}`)
  expect(code).toBe(2)
  expect(err).toContain(`A gateway runs already (process ${process.pid})`)
  expect(err).toContain('clawdbot gateway stop')
})

test('a gateway that was started meanwhile is not doubled by starting the service; restart exchanges it', async () => {
  await using place = await quietHome()
  await mkdir(join(place.unit, '..'), { recursive: true })
  await writeFile(place.unit, '')
  const systemctl = 'case "$*" in *is-system-running*) echo running;; *show*) echo ActiveState=inactive;; esac'
  await writeFile(join(place.home.dir, 'bin/systemctl'), `#!/bin/sh\n${systemctl}\n`)
  expect((await place.run('start')).out).toContain(
    '✅ Running as a service\n   systemctl --user start clawdbot-gateway-',
  )
  await mkdir(place.home.paths.stateDir, { recursive: true })
  await writeFile(place.home.paths.runtimeFile, JSON.stringify({ pid: process.pid, port: 1 }))
  const { code, err } = await place.run('start')
  expect(code).toBe(2)
  expect(err).toContain(`not as the service (process ${process.pid})`)
  expect(err).toContain('clawdbot gateway restart')
})
