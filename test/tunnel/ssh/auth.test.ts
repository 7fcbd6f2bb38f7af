import { chmodSync, copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthContext, KeyboardAuthContext, PasswordAuthContext } from 'ssh2'
import { expect, test } from 'vitest'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'
import { startAgent } from '../../support/ssh-agent.ts'
import { startSsh2Server } from '../../support/ssh2-server.ts'
import { makeKey, startSshd } from '../../support/sshd.ts'
import { logIn } from './log-in.ts'

const config = (text: string) => `Host 127.0.0.1\n${text}`

test('TU15: the passphrase of a key is asked when the server wants that key, three times at most', async () => {
  await using sshd = await startSshd()
  const path = join(sshd.home, '.ssh/id_ed25519')
  rmSync(path)
  sshd.authorize(makeKey(path, 'ed25519', 'open sesame'))
  const person = scriptedPrompts({ passphrases: ['wrong', 'open sesame'] })
  expect(await logIn(sshd, { prompts: person })).toBe('publickey')
  expect(person.asked).toEqual([1, 2].map((attempt) => ({ kind: 'passphrase', keyPath: path, attempt })))

  const stranger = scriptedPrompts({ passphrases: ['a', 'b', 'c', 'open sesame'] })
  await expect(logIn(sshd, { prompts: stranger })).rejects.toMatchObject({
    code: 'ssh.unauthorized',
    message: `The passphrase of ${path} was wrong 3 times`,
  })
  expect(stranger.asked).toHaveLength(3)
  await expect(logIn(sshd)).rejects.toMatchObject({ code: 'ssh.needs-user', message: expect.stringContaining(path) })

  sshd.authorize(makeKey(join(sshd.home, '.ssh/other')))
  const unasked = scriptedPrompts({})
  await expect(logIn(sshd, { prompts: unasked })).rejects.toMatchObject({ code: 'ssh.unauthorized' })
  expect(unasked.asked).toEqual([]) // the server did not want that key
})

test('TU15: an agent with twelve keys: five are offered and the named one is among them, or only the named one', async () => {
  await using sshd = await startSshd({ settings: ['MaxAuthTries 6'] })
  const folder = join(sshd.home, '.ssh')
  const many = Array.from({ length: 12 }, (_, i) => join(folder, `held_${i}`))
  const keys = many.map((path) => makeKey(path))
  await using agent = await startAgent(sshd.home, many)
  const env = { SSH_AUTH_SOCK: agent.socket }

  rmSync(join(folder, 'id_ed25519'))
  sshd.authorize(keys[11] ?? '')
  await expect(logIn(sshd, { env })).rejects.toMatchObject({
    code: 'ssh.unauthorized',
    remedy: expect.stringContaining('IdentityFile'),
  })
  expect(sshd.log().match(/Failed publickey/g)).toHaveLength(5)

  sshd.configure(config('IdentityFile ~/.ssh/held_11\n'))
  expect(await logIn(sshd, { env })).toBe('publickey')
  for (const path of many) rmSync(path)
  copyFileSync(`${many[11]}.pub`, join(folder, 'named.pub'))
  sshd.configure(config('IdentityFile ~/.ssh/named.pub\nIdentitiesOnly yes\n'))
  expect(await logIn(sshd, { env })).toBe('publickey')

  sshd.authorize(keys[0] ?? '')
  await expect(logIn(sshd, { env })).rejects.toMatchObject({ code: 'ssh.unauthorized' })
  sshd.configure(config('IdentityAgent none\n'))
  await expect(logIn(sshd, { env })).rejects.toMatchObject({ message: expect.stringContaining('nothing to try') })
})

test('TU16: two keys, one after the other, where the server wants both: one held by an agent, one in a file', async () => {
  await using sshd = await startSshd({ settings: ['AuthenticationMethods publickey,publickey'] })
  const held = join(sshd.home, 'held')
  sshd.authorize(makeKey(held), readFileSync(join(sshd.home, '.ssh/id_ed25519.pub'), 'utf8'))
  await using agent = await startAgent(sshd.home, [held])
  expect(await logIn(sshd, { env: { SSH_AUTH_SOCK: agent.socket } })).toBe('publickey')
  expect(sshd.log().match(/(Partial|Accepted) publickey/g)).toEqual(['Partial publickey', 'Accepted publickey'])
})

test('TU16: a key held by an agent, then a code: several prompts at once, raw texts and all', async () => {
  const login = (attempt: AuthContext) => {
    if (attempt.method === 'publickey') {
      if (attempt.signature) attempt.reject(['keyboard-interactive'], true)
      else attempt.accept()
    } else if (attempt.method === 'keyboard-interactive') {
      const prompts = [
        { prompt: 'Code\u001b[2J: ', echo: true },
        { prompt: 'PIN: ', echo: false },
      ]
      const judge = (answers: string[]) =>
        answers.join() === '123456,0000' ? attempt.accept() : attempt.reject(['keyboard-interactive'])
      ;(attempt as KeyboardAuthContext).prompt(prompts, 'Second factor', 'Look at your token', judge)
    } else {
      attempt.reject(['publickey'])
    }
  }
  await using server = await startSsh2Server({ login })
  await using agent = await startAgent(server.home, [join(server.home, '.ssh/id_ed25519')])
  rmSync(join(server.home, '.ssh/id_ed25519'))
  const env = { SSH_AUTH_SOCK: agent.socket }
  const person = scriptedPrompts({
    server: [
      ['1', '2'],
      ['123456', '0000'],
    ],
  })
  expect(await logIn(server, { env, prompts: person })).toBe('keyboard-interactive')
  expect(person.asked[0]).toEqual({
    ...{
      kind: 'server',
      account: `deploy@127.0.0.1:${server.port}`,
      title: 'Second factor',
      instructions: 'Look at your token',
    },
    prompts: [
      { text: 'Code\u001b[2J: ', isEchoed: true },
      { text: 'PIN: ', isEchoed: false },
    ],
  })
  expect(person.asked).toHaveLength(2)
  await expect(logIn(server, { env })).rejects.toMatchObject({ code: 'ssh.needs-user' })
  await expect(logIn(server, { env, prompts: scriptedPrompts({}) })).rejects.toMatchObject({ code: 'ssh.unauthorized' })
})

test('a password is asked three times, the dialogue comes first, and silence ends it', async () => {
  const login = (attempt: AuthContext) => {
    if (attempt.method === 'password' && (attempt as PasswordAuthContext).password === 'correct') attempt.accept()
    else attempt.reject(['password'])
  }
  await using server = await startSsh2Server({ login })
  const person = scriptedPrompts({ passwords: ['wrong', 'correct'] })
  expect(await logIn(server, { prompts: person })).toBe('password')
  expect(person.asked.at(-1)).toEqual({ kind: 'password', account: `deploy@127.0.0.1:${server.port}`, attempt: 2 })
  const stranger = scriptedPrompts({ passwords: ['a', 'b', 'c', 'correct'] })
  await expect(logIn(server, { prompts: stranger })).rejects.toMatchObject({
    code: 'ssh.unauthorized',
    message: expect.stringContaining('it takes password'),
  })
  expect(stranger.asked).toHaveLength(3)
})

test('a key that others may read is not used, and the remedy says how to make it private', async () => {
  await using sshd = await startSshd()
  const path = join(sshd.home, '.ssh/id_ed25519')
  chmodSync(path, 0o644)
  await expect(logIn(sshd)).rejects.toMatchObject({
    code: 'ssh.unauthorized',
    remedy: `Make it private: chmod 600 ${path}`,
  })
})
