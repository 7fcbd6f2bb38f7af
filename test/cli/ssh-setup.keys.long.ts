/** `clawdbot ssh setup` over a real sshd: whose key is added, and that this very key is let in. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readProfiles } from '../../src/client/profile-store.ts'
import { Home } from '../client/support.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { requireProgram } from '../support/programs.ts'
import { startAgent } from '../support/ssh-agent.ts'
import { makeHome, startSshd } from '../support/sshd.ts'
import { clawdbot } from './world.ts'

const env = { PATH: process.env.PATH, USER: 'ann' }

test('a key of its own is added by the key that is let in already, and is proved alone', async () => {
  await using gateway = await startTestGateway()
  await using home = await Home.make()
  makeHome(home.dir)
  const far = join(home.dir, 'far')
  mkdirSync(join(far, '.ssh'), { recursive: true })
  mkdirSync(join(far, '.clawdbot'))
  writeFileSync(join(far, '.clawdbot/gateway-token'), `${testToken.replaceAll(' ', '-')}\n`)
  const keys = join(far, '.ssh/authorized_keys')
  writeFileSync(keys, readFileSync(join(home.dir, '.ssh/id_ed25519.pub')))
  await using sshd = await startSshd({ home: home.dir, settings: [`SetEnv HOME=${far}`, `AuthorizedKeysFile ${keys}`] })
  const identity = join(home.dir, '.ssh/clawdbot key')
  const words = ['ssh', 'setup', `127.0.0.1:${sshd.port}`, '--identity', identity, '--name', 'vps', '--yes', '--json']
  const ran = await clawdbot(home, [...words, '--gateway-port', String(gateway.server.port)], { env })
  expect(JSON.parse(ran.out).steps).toMatchObject([
    { step: 'key', state: 'made', path: identity },
    { step: 'authorized', state: 'added' },
    { step: 'profile', state: 'added', name: 'vps' },
    { step: 'token', state: 'kept' },
  ])
  expect(readFileSync(keys, 'utf8').trimEnd().split('\n')).toHaveLength(2)
  expect(statSync(keys).mode & 0o777).toBe(0o600)
  const [profile] = (await readProfiles(home.paths.profiles)).profiles
  expect(profile?.ways).toEqual([
    { kind: 'ssh', host: '127.0.0.1', port: sshd.port, identity, gatewayPort: gateway.server.port },
  ])
  rmSync(join(home.dir, '.ssh/id_ed25519')) // its own key is enough from now on
  const again = await clawdbot(home, [...words, '--gateway-port', String(gateway.server.port)], { env })
  expect(JSON.parse(again.out).steps).toMatchObject([{ state: 'there' }, { state: 'there' }, { state: 'there' }])
})

test('a key with a passphrase that an agent holds is proved by the agent, where nobody can be asked', async () => {
  await using home = await Home.make()
  makeHome(home.dir)
  const key = join(home.dir, '.ssh/id_ed25519')
  await using agent = await startAgent(home.dir, [key])
  execFileSync(requireProgram('ssh-keygen'), ['-q', '-p', '-P', '', '-N', 'open sesame', '-a', '1', '-f', key])
  const far = join(home.dir, 'far')
  mkdirSync(join(far, '.ssh'), { recursive: true })
  const keys = join(far, '.ssh/authorized_keys')
  writeFileSync(keys, readFileSync(`${key}.pub`))
  await using sshd = await startSshd({ home: home.dir, settings: [`SetEnv HOME=${far}`, `AuthorizedKeysFile ${keys}`] })
  const words = ['ssh', 'setup', `127.0.0.1:${sshd.port}`, '--yes', '--json']
  const ran = await clawdbot(home, words, { env: { ...env, SSH_AUTH_SOCK: agent.socket } })
  expect(ran).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(ran.out).steps).toMatchObject([
    { step: 'key', state: 'there', path: key },
    { step: 'authorized', state: 'there' },
    { step: 'profile', state: 'added' },
    { step: 'token', state: 'none' },
  ])
})

test('a key that is written but not let in is told apart, with the usual reason, whatever else an agent holds', async () => {
  await using home = await Home.make()
  makeHome(home.dir)
  const far = join(home.dir, 'far')
  mkdirSync(far)
  await using sshd = await startSshd({ home: home.dir, settings: [`SetEnv HOME=${far}`] }) // its sshd reads another file
  await using agent = await startAgent(home.dir, [join(home.dir, '.ssh/id_ed25519')]) // which is let in
  const words = ['ssh', 'setup', `127.0.0.1:${sshd.port}`, '--identity', join(home.dir, '.ssh/other'), '--yes']
  const { code, err } = await clawdbot(home, words, { env: { ...env, SSH_AUTH_SOCK: agent.socket } })
  expect(code).toBe(3)
  expect(err).toContain('took the key into authorized_keys, but does not let it in')
  expect(err).toContain(`ssh -p ${sshd.port} ${sshd.user}@127.0.0.1 chmod go-w '~'`)
})
