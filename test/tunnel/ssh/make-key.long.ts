import { execFileSync } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
