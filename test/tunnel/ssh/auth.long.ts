import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireProgram } from '../../support/programs.ts'
import { scriptedPrompts } from '../../support/scripted-prompts.ts'
import { keyOfOpenSsh, startSshd } from '../../support/sshd.ts'
import { logIn } from './log-in.ts'

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
