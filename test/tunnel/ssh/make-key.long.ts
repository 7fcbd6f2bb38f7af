import { execFileSync } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../../src/shared/std/secret.ts'
import { makeKeyPair } from '../../../src/tunnel/ssh/make-key.ts'
import { requireProgram } from '../../support/programs.ts'

test('every pair is whole: ssh2 alone breaks one in 128, and ssh-keygen reads all of 600', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-key-'))
  const path = join(folder.path, 'all.pub')
  const lines = Array.from({ length: 600 }, (_, i) => makeKeyPair(`ann@laptop-${i}`, undefined).publicLine)
  await writeFile(path, `${lines.join('\n')}\n`)
  const listed = execFileSync(requireProgram('ssh-keygen'), ['-l', '-f', path], { encoding: 'utf8' }).trim().split('\n')
  expect(listed).toHaveLength(600)
  expect(listed.filter((line) => !/^256 SHA256:\S{43} ann@laptop-\d+ \(ED25519\)$/.test(line))).toEqual([])
})

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
