/** `clawdbot ssh setup` as a new user meets it: an account with a password, then one with a key, then the same again. */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthContext, KeyboardAuthContext } from 'ssh2'
import { expect, test } from 'vitest'
import { readProfiles } from '../../src/client/profile-store.ts'
import { setInEnvFile } from '../../src/shared/std/env-file.ts'
import { Home } from '../client/support.ts'
import { startTestGateway } from '../support/gateway.ts'
import { scriptedPrompts } from '../support/scripted-prompts.ts'
import { makeKey } from '../support/sshd.ts'
import { env, gatewayToken, keysAt, newUser, person, setup } from './new-user.ts'
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

test('the token that onboard makes is in gateway.env; where there is none, that is said with where it may be', async () => {
  await using at = await newUser()
  const { home, farHome, server } = at
  rmSync(join(farHome, '.clawdbot/gateway-token'))
  const prompts = scriptedPrompts({ passwords: ['hunter2'] })
  const without = await setup(home, server, ['--yes', '--name', 'vps'], { prompts })
  expect(without.code).toBe(0)
  expect(without.out).not.toMatch(/✅.*token/)
  expect(without.out).toContain("⚠️  No gateway's token was found there")
  expect(without.out).toContain(`ssh -p ${server.port} deploy@127.0.0.1 grep token .clawdbot/clawdbot.json\n`)
  expect(without.out).toContain('CLAWDBOT_STATE_DIR')
  expect(without.out).toContain('clawdbot profiles edit vps --secret-file\n')

  const file = join(farHome, '.clawdbot/gateway.env')
  writeFileSync(file, setInEnvFile('OPENAI_API_KEY=sk-other\n', 'CLAWDBOT_GATEWAY_TOKEN', gatewayToken))
  const found = await setup(home, server, ['--yes'])
  expect(found.out).toContain("✅ The gateway's token is kept in a private file\n")
  expect(found.out + found.err).not.toMatch(/a-token-that|sk-other/)
  const [profile] = (await readProfiles(home.paths.profiles)).profiles
  expect(readFileSync(join(home.paths.secretsDir, profile?.id ?? ''), 'utf8').trim()).toBe(gatewayToken)
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

/** Wants these proofs one after the other: each list is a way in, as sshd's `AuthenticationMethods` has them. */
function loginByAll(farHome: string, ...lists: string[][]) {
  let given: string[] = []
  return (attempt: AuthContext) => {
    if (attempt.method === 'none') given = [] // a new connection begins with it
    const left = () =>
      lists.filter((list) => given.every((one, i) => list[i] === one)).map((list) => list.slice(given.length))
    const next = () => left().flatMap(([method = '']) => method)
    const judge = (isGood: boolean) => {
      if (!isGood || !next().includes(attempt.method)) return attempt.reject(next() as never)
      given.push(attempt.method)
      if (left().some((list) => list.length === 0)) attempt.accept()
      else attempt.reject(next() as never, true)
    }
    switch (attempt.method) {
      case 'publickey': {
        const isListed = keysAt(farHome).includes(attempt.key.data.toString('base64'))
        return isListed && !attempt.signature ? attempt.accept() : judge(isListed)
      }
      case 'password':
        return judge(attempt.password === 'hunter2')
      case 'keyboard-interactive':
        if (!next().includes(attempt.method)) return judge(false)
        return (attempt as KeyboardAuthContext).prompt([{ prompt: 'Code: ', echo: false }], (answers) =>
          judge(answers[0] === '123456'),
        )
      default:
        return judge(false)
    }
  }
}

const code = () => scriptedPrompts({ passwords: ['hunter2'], server: [['123456'], ['123456'], ['123456']] })

test('a server that wants a password and then a code lets the key in, which is enough from then on', async () => {
  await using at = await newUser((farHome) => loginByAll(farHome, ['password', 'keyboard-interactive'], ['publickey']))
  const prompts = code()
  const ran = await setup(at.home, at.server, ['--yes', '--json'], { prompts })
  expect(JSON.parse(ran.out).steps).toMatchObject([
    { step: 'key', state: 'made' },
    { step: 'authorized', state: 'added' },
    { step: 'profile', state: 'added' },
    { step: 'token', state: 'kept' },
  ])
  expect(prompts.asked.map(({ kind }) => kind)).toEqual(['password', 'server'])
})

test('a server that wants a key and then a code: another key is let in by the one that is, and the code is asked each time', async () => {
  await using at = await newUser((farHome) => loginByAll(farHome, ['publickey', 'keyboard-interactive']))
  const own = makeKey(join(at.home.dir, '.ssh/id_ed25519'))
  mkdirSync(join(at.farHome, '.ssh'))
  writeFileSync(join(at.farHome, '.ssh/authorized_keys'), `${own}\n`)
  const prompts = code()
  const identity = join(at.home.dir, '.ssh/another')
  const ran = await setup(at.home, at.server, ['--yes', '--identity', identity, '--json'], { prompts })
  expect(JSON.parse(ran.out).steps).toMatchObject([
    { step: 'key', state: 'made', path: identity },
    { step: 'authorized', state: 'added' },
    { step: 'profile', state: 'added' },
    { step: 'token', state: 'kept' },
  ])
  expect(keysAt(at.farHome).trimEnd().split('\n')).toHaveLength(2)
  expect(prompts.asked.map(({ kind }) => kind)).toEqual(['server', 'server']) // to add the key, and to test the profile
})

test.each([
  ['a key', [['publickey']]],
  ['a key and then a code', [['publickey', 'keyboard-interactive']]],
])(
  'a server that takes nothing before %s cannot be given one from here: it says so, with the line to add',
  async (_what, lists) => {
    await using at = await newUser((farHome) => loginByAll(farHome, ...lists))
    const prompts = code()
    const { code: exit, err } = await setup(at.home, at.server, ['--yes'], { prompts })
    expect(exit).toBe(3)
    expect(err).toContain('lets in nobody without a key it knows already')
    expect(err).toContain(readFileSync(join(at.home.dir, '.ssh/id_ed25519.pub'), 'utf8').trim())
    expect(err).not.toContain('clawdbot ssh setup')
    expect(prompts.asked).toEqual([])
    expect((await readProfiles(at.home.paths.profiles)).profiles).toEqual([])
  },
)

test.each([
  [['ssh', 'setup'], 'needs one account'],
  [['ssh', 'setup', 'a', 'b', '--yes'], 'needs one account'],
  [['ssh', 'setup', '-oProxyCommand=x'], 'has no flag'],
  [['ssh', 'setup', 'a b', '--yes'], 'is not a host name'],
  [['ssh', 'setup', 'vps', '--host-block', 'a b', '--yes'], 'is not a name for a host'],
  [['ssh', 'setup', 'vps', '--gateway-port', '0', '--yes'], 'is not a port'],
])('%j is refused', async (words, what) => {
  await using home = await Home.make()
  const { code, err } = await clawdbot(home, words, { env })
  expect(code).toBe(2)
  expect(err).toContain(what)
})
