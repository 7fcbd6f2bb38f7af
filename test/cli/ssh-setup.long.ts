/** What takes its time: a key with a passphrase costs sixteen rounds of bcrypt at each reading, several proofs several logins. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthContext, KeyboardAuthContext } from 'ssh2'
import { expect, test } from 'vitest'
import { readProfiles } from '../../src/client/profile-store.ts'
import { setInEnvFile } from '../../src/shared/std/env-file.ts'
import { scriptedPrompts } from '../support/scripted-prompts.ts'
import { makeKey } from '../support/sshd.ts'
import { gatewayToken, keysAt, newUser, person, setup } from './new-user.ts'

test('a passphrase for the new key is asked twice, protects it, and is not asked again while it is used', async () => {
  await using at = await newUser()
  const typed = person(['one', 'other', 'sesame', 'sesame'])
  const prompts = scriptedPrompts({ passwords: ['hunter2'] })
  const ran = await setup(at.home, at.server, ['--without-token'], { person: typed, prompts })
  expect(ran.code).toBe(0)
  expect(ran.err).toBe('These are not the same.\n')
  expect(typed.asked).toHaveLength(5)
  expect(prompts.asked.map(({ kind }) => kind)).toEqual(['password'])
  const text = readFileSync(join(at.home.dir, '.ssh/id_ed25519'), 'utf8')
  expect(Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64').toString('latin1')).toContain('aes256-ctr')
  expect((await readProfiles(at.home.paths.profiles)).profiles[0]?.secret).toBe(undefined)
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
