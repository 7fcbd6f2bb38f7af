import { execFileSync } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../../src/shared/std/secret.ts'
import { makeKeyPair } from '../../../src/tunnel/ssh/make-key.ts'
import { requireProgram } from '../../support/programs.ts'

test.each([
  ['without a passphrase', undefined],
  ['with one', 'open sesame, please'],
])('ssh-keygen opens a private key %s and finds the same public half', async (_how, passphrase) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-key-'))
  const path = join(folder.path, 'key')
  const pair = makeKeyPair('ann@laptop', passphrase === undefined ? undefined : new Secret(passphrase))
  await writeFile(path, pair.privateKey, { mode: 0o600 })
  const open = (secret: string) =>
    execFileSync(requireProgram('ssh-keygen'), ['-y', '-P', secret, '-f', path], { encoding: 'utf8', stdio: 'pipe' })
  expect(
    open(passphrase ?? '')
      .split(' ')
      .slice(0, 2),
  ).toEqual(pair.publicLine.split(' ').slice(0, 2))
  if (passphrase !== undefined) expect(() => open('wrong')).toThrow(/incorrect passphrase/)
})
