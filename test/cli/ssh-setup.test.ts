/** `clawdbot ssh setup` as a new user meets it: an account with a password, then one with a key, then the same again. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readProfiles } from '../../src/client/profile-store.ts'
import { Home } from '../client/support.ts'
import { startTestGateway } from '../support/gateway.ts'
import { scriptedPrompts } from '../support/scripted-prompts.ts'
import { env, gatewayToken, newUser, person, setup } from './new-user.ts'
import { clawdbot } from './world.ts'

test('from a password to a profile: a key, let in, a Host block, the token, all told before and while it is done', async () => {
  await using gateway = await startTestGateway()
  await using at = await newUser()
  const { home, farHome, server } = at
  const prompts = scriptedPrompts({ passwords: ['hunter2'] })
  const words = ['--yes', '--host-block', 'vps', '--gateway-port', String(gateway.server.port)]
  const first = await setup(home, server, words, { prompts })
  expect(first.code).toBe(0)
  const key = join(home.dir, '.ssh/id_ed25519')
  expect(first.out).toContain(
    `This will:\n  1. make a new ed25519 key: ${key}\n  2. let it in to deploy@127.0.0.1:${server.port}: a line in`,
  )
  for (const line of [
    `✅ Made the key ${key}`,
    '✅ 127.0.0.1 lets it in',
    '✅ Host vps is now in ~/.ssh/config',
    '✅ Saved the profile vps',
    "✅ The gateway's token is kept in a private file",
    'Use it: clawdbot use vps',
  ]) {
    expect(first.out).toContain(`${line}\n`)
  }
  expect(prompts.asked).toMatchObject([{ kind: 'password', account: `deploy@127.0.0.1:${server.port}` }])
  expect(first.out + first.err).not.toMatch(/hunter2|a-token-that/)

  expect(statSync(key).mode & 0o777).toBe(0o600)
  const publicLine = readFileSync(`${key}.pub`, 'utf8')
  expect(publicLine).toMatch(/^ssh-ed25519 \S+ ann@/)
  expect(readFileSync(join(farHome, '.ssh/authorized_keys'), 'utf8')).toBe(publicLine)
  expect(readFileSync(join(home.dir, '.ssh/config'), 'utf8')).toContain(`  Port ${server.port}\n`)
  const [profile] = (await readProfiles(home.paths.profiles)).profiles
  expect(profile).toMatchObject({
    ...{ name: 'vps', ways: [{ kind: 'ssh', host: 'vps', gatewayPort: gateway.server.port }] },
    secret: { source: 'file', secret: 'token' },
  })
  expect(readFileSync(join(home.paths.secretsDir, profile?.id ?? ''), 'utf8').trim()).toBe(gatewayToken)

  const silent = scriptedPrompts({})
  const second = await setup(home, server, words, { prompts: silent })
  expect(second.code).toBe(0)
  for (const line of [
    `✅ Your key ${key}`,
    '✅ 127.0.0.1 lets it in, as before',
    '✅ Host vps was already in ~/.ssh/config',
    '✅ Your profile vps',
  ]) {
    expect(second.out).toContain(`${line}\n`)
  }
  expect(silent.asked).toEqual([])
  expect(readFileSync(join(farHome, '.ssh/authorized_keys'), 'utf8')).toBe(publicLine)
  expect((await readProfiles(home.paths.profiles)).profiles).toHaveLength(1)
})

test('a person is asked first; a no changes nothing, and without a terminal it needs --yes', async () => {
  await using at = await newUser()
  const refused = await setup(at.home, at.server, [], { person: person([], false) })
  expect(refused).toMatchObject({ code: 1, err: '' })
  expect(refused.out).toMatch(/^This will:\n/)
  const piped = await setup(at.home, at.server, [])
  expect(piped.code).toBe(2)
  expect(piped.err).toContain('without a terminal it needs --yes')
  expect(existsSync(join(at.home.dir, '.ssh/id_ed25519'))).toBe(false)
  expect(at.server.attempts).toEqual([])
})

test('a wrong password ends it, and what was done so far is found again the next time', async () => {
  await using at = await newUser()
  const wrong = scriptedPrompts({ passwords: ['guess', 'guess', 'guess'] })
  const { code, err } = await setup(at.home, at.server, ['--yes'], { prompts: wrong })
  expect(code).toBe(3)
  expect(err).toContain('does not let deploy in')
  expect((await readProfiles(at.home.paths.profiles)).profiles).toEqual([])
  const again = await setup(at.home, at.server, ['--yes', '--json'], {
    prompts: scriptedPrompts({ passwords: ['hunter2'] }),
  })
  expect(JSON.parse(again.out)).toMatchObject({
    profile: '127.0.0.1',
    steps: [
      { step: 'key', state: 'there' },
      { step: 'authorized', state: 'added' },
      { step: 'profile', state: 'added' },
      { step: 'token', state: 'kept' },
    ],
    test: { ok: false },
  })
})

test.each([
  [['ssh', 'setup'], 'needs one account'],
  [['ssh', 'setup', 'a', 'b', '--yes'], 'needs one account'],
  [['ssh', 'setup', '-oProxyCommand=x'], 'has no flag'],
  [['ssh', 'setup', 'a b', '--yes'], 'is not a host name'],
  [['ssh', 'setup', 'vps', '--host-block', 'a b', '--yes'], 'is not a name for a host'],
  [['ssh', 'setup', 'vps', '--gateway-port', '0', '--yes'], 'needs a port'],
])('%j is refused', async (words, what) => {
  await using home = await Home.make()
  const { code, err } = await clawdbot(home, words, { env })
  expect(code).toBe(2)
  expect(err).toContain(what)
})
