import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthContext, KeyboardAuthContext, PasswordAuthContext } from 'ssh2'
import { expect, test } from 'vitest'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'
import { startAgent } from '../../support/ssh-agent.ts'
import { startSsh2Server } from '../../support/ssh2-server.ts'
import { makeKey, startSshd } from '../../support/sshd.ts'
import { logIn } from './log-in.ts'

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
