import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { readIdentityKinds } from '../../../src/tunnel/ssh/identity-kinds.ts'
import { requireProgram } from '../../support/programs.ts'
import { sshHome } from '../../support/ssh-home.ts'
import { wire } from '../../support/ssh-public-keys.ts'

test('the kinds of real keys, locked ones too, and of what only has its public half', async () => {
  await using folder = await sshHome({ junk: 'hello', empty: '' })
  const make = (name: string, ...args: string[]) =>
    promisify(execFile)(requireProgram('ssh-keygen'), ['-q', '-f', folder.path(name), ...args])
  await Promise.all([
    make('open', '-t', 'ed25519', '-N', ''),
    make('locked', '-t', 'ecdsa', '-N', 'secret', '-a', '1'),
    make('old', '-t', 'ecdsa', '-N', 'secret', '-m', 'PEM'),
  ])
  await make('ca', '-t', 'ed25519', '-N', '')
  await promisify(execFile)('ssh-keygen', ['-q', '-s', folder.path('ca'), '-I', 'me', folder.path('open.pub')])
  const blob = wire('sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 1), 'ssh:')
  await writeFile(folder.path('sk.pub'), `sk-ssh-ed25519@openssh.com ${blob.toString('base64')} token\n`)
  const names = ['open', 'locked', 'old', 'sk.pub', 'junk', 'empty', 'missing']
  const kinds = await readIdentityKinds({ identityFiles: names.map(folder.path) })
  expect(kinds.map(({ path, keyType, hasCertificate }) => [path, keyType, hasCertificate])).toEqual([
    [folder.path('open'), 'ssh-ed25519', true],
    [folder.path('locked'), 'ecdsa-sha2-nistp256', false],
    [folder.path('old'), 'ecdsa-sha2-nistp256', false],
    [folder.path('sk.pub'), 'sk-ssh-ed25519@openssh.com', false],
    [folder.path('junk'), undefined, false],
    [folder.path('empty'), undefined, false],
  ])
})
