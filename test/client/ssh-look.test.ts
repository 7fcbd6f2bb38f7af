/** The facts about a person's SSH are those of a real configuration and of keys made by the real ssh-keygen. */

import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Profile } from '../../src/client/profile.ts'
import { lookAtSsh } from '../../src/client/ssh-look.ts'
import { requireProgram } from '../support/programs.ts'
import { type SshHome, sshHome } from '../support/ssh-home.ts'

const { signal } = new AbortController()

function save(home: SshHome, ways: Profile['ways']): string {
  const path = join(home.home, 'profiles.json')
  const profile: Profile = { id: 'p1', name: 'work', ways, createdAt: 1 }
  writeFileSync(path, JSON.stringify({ version: 1, profiles: [profile] }))
  return path
}

const look = (home: SshHome, profiles: string) => lookAtSsh(profiles, { home: home.home, env: {}, signal })

test('who reaches no gateway through SSH is not looked at', async () => {
  await using home = await sshHome({})
  expect(await look(home, save(home, [{ kind: 'direct', url: 'ws://127.0.0.1:18789' }]))).toBeUndefined()
  expect(await look(home, join(home.home, 'none.json'))).toBeUndefined()
})

test('host, keys and what is in force are seen as SSH sees them', async () => {
  await using home = await sshHome({
    config:
      'Host vps\n  HostName vps.example\n  IdentityFile ~/.ssh/open\n  IdentityFile ~/.ssh/locked\n  IdentityFile ~/.ssh/gone\nHost lab*\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  ForwardAgent yes\n',
  })
  const [open, locked] = ['open', 'locked'].map(home.path) as [string, string]
  execFileSync(requireProgram('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', open])
  execFileSync(requireProgram('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', 'a passphrase', '-a', '1', '-f', locked])
  chmodSync(open, 0o640)
  const [type, key] = readFileSync(`${open}.pub`, 'utf8').split(' ')
  writeFileSync(home.path('known_hosts'), `vps.example ${type} ${key}\n`)
  const profiles = save(home, [
    { kind: 'ssh', host: 'vps' },
    { kind: 'ssh', host: 'lab1', engine: 'system' },
  ])
  const found = await look(home, profiles)
  expect(found?.hosts).toEqual([
    {
      ...{
        profile: 'work',
        alias: 'vps',
        strictHostKeyChecking: 'ask',
        isKnown: true,
        forwardAgent: false,
        engine: 'ssh2',
      },
      knownHostsFiles: [home.path('known_hosts'), home.path('known_hosts2')],
    },
    {
      ...{
        profile: 'work',
        alias: 'lab1',
        strictHostKeyChecking: 'no',
        isKnown: false,
        forwardAgent: true,
        engine: 'system',
      },
      knownHostsFiles: ['/dev/null'],
    },
  ])
  expect(found?.keys).toEqual([
    { path: open, mode: 0o640, isEncrypted: false },
    { path: locked, mode: 0o600, isEncrypted: true },
  ])
})

test('a key in PEM says in words whether it is encrypted; a configuration that cannot be read is no failure', async () => {
  await using home = await sshHome({ config: 'Host vps\n  IdentityFile ~/.ssh/pem\n' })
  const pem = home.path('pem')
  const args = ['-q', '-t', 'ecdsa', '-m', 'PEM', '-N', 'a passphrase', '-f', pem] // one of RSA takes half a second
  execFileSync(requireProgram('ssh-keygen'), args)
  const found = await look(home, save(home, [{ kind: 'ssh', host: 'vps' }]))
  expect(found?.keys).toEqual([{ path: pem, mode: 0o600, isEncrypted: true }])
  writeFileSync(home.path('config'), 'Host vps\n  Port nonsense\n')
  expect(await look(home, join(home.home, 'profiles.json'))).toMatchObject({ hosts: [], keys: [] })
})
