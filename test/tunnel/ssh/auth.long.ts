import { execFileSync } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireProgram } from '../../support/programs.ts'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'
import { startAgent } from '../../support/ssh-agent.ts'
import { keyOfOpenSsh, makeKey, startSshd } from '../../support/sshd.ts'
import { logIn } from './log-in.ts'

const config = (text: string) => `Host 127.0.0.1\n${text}`

test('keys of every kind, open, encrypted, and in the old PEM form', async () => {
  await using sshd = await startSshd()
  const path = join(sshd.home, '.ssh/id_ed25519')
  for (const type of ['ed25519', 'rsa', 'ecdsa'] as const) {
    rmSync(path)
    sshd.authorize(keyOfOpenSsh(path, type))
    expect(await logIn(sshd)).toBe('publickey')
    const args = [
      '-q',
      '-p',
      '-P',
      '',
      '-N',
      'some words',
      ...(type === 'ecdsa' ? ['-m', 'PEM'] : ['-a', '1']),
      '-f',
      path,
    ]
    execFileSync(requireProgram('ssh-keygen'), args)
    expect(await logIn(sshd, { prompts: scriptedPrompts({ passphrases: ['some words'] }) })).toBe('publickey')
  }
})

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
