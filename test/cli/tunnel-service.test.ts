import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Env } from '../../src/client/paths.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { built, requireProgram } from '../support/programs.ts'
import { startAgent } from '../support/ssh-agent.ts'
import { makeHome, startSshd } from '../support/sshd.ts'
import { clawdbot } from './world.ts'

/** A home whose systemd does not run, with `vps`, a direct way to a port of this machine. */
async function homeOn(port: number) {
  const home = await Home.make()
  await saveProfile({ name: 'vps', ways: [{ kind: 'direct', url: `ws://127.0.0.1:${port}` }] }, undefined, {
    paths: home.paths,
    clock: systemClock,
  })
  const bin = join(home.dir, 'bin with space')
  await mkdir(bin)
  await writeFile(join(bin, 'systemctl'), '#!/bin/sh\necho offline\nexit 1\n')
  await chmod(join(bin, 'systemctl'), 0o755)
  const env = { PATH: `${bin}:relative:/usr/bin:/bin`, CLAWDBOT_GATEWAY_TOKEN: 'hunter2' }
  const run = (line: string, more: Env = {}) =>
    clawdbot(home, line.split(' '), { env: { ...env, ...more }, program: built('clawdbot') })
  const { id } = (await readProfiles(home.paths.profiles)).profiles[0] ?? { id: '' }
  return { home, run, bin, id, unit: join(home.dir, '.config/systemd/user', `clawdbot-tunnel-${id}.service`) }
}

test('install writes a unit that systemd takes, with the port and no secret, and says what to run; uninstall removes it', async () => {
  const gateway = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(gateway, 'listening')
  const { home, run, bin, id, unit } = await homeOn((gateway.address() as { port: number }).port)
  await using _home = home
  const port = await freePort()
  const first = await run(`tunnel install vps --local-port ${port}`)
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(first.out).toContain(`✅ Installed: ${unit}\n`)
  expect(first.out).toContain('   systemctl --user enable --now clawdbot-tunnel-')
  const text = await readFile(unit, 'utf8')
  expect(text).toContain(`tunnel up ${id} --local-port ${port}\n`)
  expect(text).toContain(`Environment="PATH=${bin}:/usr/bin:/bin"\n`)
  expect(text).toContain(`Environment=CLAWDBOT_STATE_DIR=${home.paths.stateDir}\n`)
  expect(text).not.toContain('hunter2')
  const verify = ['verify', '--user', '--man=no', unit]
  const verifyEnv = { PATH: process.env.PATH, HOME: home.dir, XDG_RUNTIME_DIR: home.dir }
  const verified = await promisify(execFile)(requireProgram('systemd-analyze'), verify, { env: verifyEnv })
  expect(verified).toEqual({ stdout: '', stderr: '' })

  expect((await run('tunnel install vps')).out).toContain(`✅ Installed already: ${unit}\n`) // the port was remembered
  const json = JSON.parse((await run('tunnel install vps --json')).out)
  expect(json).toMatchObject({ installed: true, path: unit, isChanged: false, tunnel: null })
  expect((await run('tunnel uninstall vps')).out).toContain(`✅ Removed ${unit}\n`)
  expect((await run('tunnel uninstall vps')).out).toBe('✅ There was no service of vps\n')
  gateway.close()
})

test('a gateway that is away at this moment is said, and is no reason not to install', async () => {
  const { home, run, unit } = await homeOn(await freePort())
  await using _home = home
  const { code, err, out } = await run(`tunnel install vps --local-port ${await freePort()}`)
  expect(code).toBe(0)
  expect(err).toContain('⏳ Not reached at this moment: Nothing listens at')
  expect(out).toContain(`✅ Installed: ${unit}\n`)
})

/** Adds `far`, a way over a real sshd that takes the key with a passphrase in `home`, which a real agent holds. */
async function withAgent(home: Home) {
  makeHome(home.dir)
  const sshd = await startSshd({ home: home.dir })
  const key = join(home.dir, '.ssh/id_ed25519')
  const agent = await startAgent(home.dir, [key])
  await promisify(execFile)(requireProgram('ssh-keygen'), ['-q', '-p', '-N', 'correct horse', '-a', '1', '-f', key])
  await saveProfile({ name: 'far', ways: [sshd.way()] }, undefined, { paths: home.paths, clock: systemClock })
  const [, { id = '' } = {}] = (await readProfiles(home.paths.profiles)).profiles
  const unit = join(home.dir, '.config/systemd/user', `clawdbot-tunnel-${id}.service`)
  return { sshd, agent, unit }
}

test('an agent that the service will not find counts for nothing; one of the session, or of the manager, does', async () => {
  const { home, run, bin } = await homeOn(1)
  await using _home = home
  const { sshd, agent, unit } = await withAgent(home)
  await using _sshd = sshd
  await using _agent = agent
  const line = `tunnel install far --local-port ${await freePort()}`
  const shell = { SSH_AUTH_SOCK: agent.socket }
  const refused = await run(line, shell)
  expect(refused).toMatchObject({ code: 3, out: '' })
  expect(refused.err).toBe(
    `❌ The key ${home.dir}/.ssh/id_ed25519 needs its passphrase, and a service has nobody to ask\n` +
      `   It does not find the agent of this shell (${agent.socket}). ` +
      'Put the key into an agent that starts with your session, or let this machine use a key without a passphrase.\n',
  )
  await expect(readFile(unit)).rejects.toThrow('ENOENT')

  expect(await run(line, { ...shell, XDG_RUNTIME_DIR: home.dir })).toMatchObject({ code: 0, err: '' })
  expect(await readFile(unit, 'utf8')).toContain(`Environment=SSH_AUTH_SOCK=${agent.socket}\n`)
  await writeFile(
    join(bin, 'systemctl'),
    `#!/bin/sh\n[ "$2" = show-environment ] && echo SSH_AUTH_SOCK=${agent.socket}\n`,
  )
  expect(await run(line, shell)).toMatchObject({ code: 0, err: '' })
  expect(await readFile(unit, 'utf8')).not.toContain('SSH_AUTH_SOCK')
})

test('a rename leaves the service as it is; removing its profile, or leading it elsewhere, names what ends it first', async () => {
  const { home, run, id, unit } = await homeOn(await freePort())
  await using _home = home
  await run(`tunnel install vps --local-port ${await freePort()}`)
  await run('node install --profile vps')
  const installed = await readFile(unit, 'utf8')
  const [, started = ''] = /ExecStart=\S+ \S+ (.+)/.exec(installed) ?? []
  expect((await run('profiles edit vps --rename desk')).code).toBe(0)
  const ending = new AbortController()
  await clawdbot(home, started.split(' '), {
    env: { PATH: process.env.PATH },
    signal: ending.signal,
    onText: (text) => text.includes('the gateway of desk') && ending.abort(new Error('seen')),
  })
  expect(ending.signal.aborted).toBe(true)

  const inUse =
    '❌ The profile desk is in use: a service keeps its tunnel up, and a service keeps this machine a node of it\n' +
    '   First: clawdbot tunnel uninstall desk, and clawdbot node uninstall --profile desk\n'
  for (const line of ['profiles remove desk', 'profiles edit desk --url ws://127.0.0.1:2']) {
    expect(await run(line)).toEqual({ code: 2, out: '', err: inUse })
  }
  expect(await readFile(unit, 'utf8')).toBe(installed)
  expect((await readProfiles(home.paths.profiles)).profiles).toMatchObject([{ id, name: 'desk' }])
  expect((await run('tunnel uninstall desk')).out).toContain(`✅ Removed ${unit}\n`)
  expect((await run('node uninstall --profile desk')).out).toContain('✅ Removed ')
  expect((await run('profiles remove desk')).out).toContain('✅ Removed desk')
})

test('a service whose profile is gone all the same is ended by its id', async () => {
  const { home, run, id, unit } = await homeOn(await freePort())
  await using _home = home
  await run(`tunnel install vps --local-port ${await freePort()}`)
  await rm(home.paths.profiles)
  expect((await run('tunnel uninstall vps')).err).toContain('There is no profile "vps"')
  expect((await run(`tunnel uninstall ${id}`)).out).toContain(`✅ Removed ${unit}\n`)
  expect((await run(`tunnel uninstall ${id}`)).err).toContain(`There is no profile "${id}"`)
})
