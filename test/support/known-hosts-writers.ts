/** Several processes of ours, and a shell that knows no lock, add to one known_hosts file at once. */

import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { linesOf, parseKnownHosts } from '../../src/tunnel/ssh/known-hosts.ts'
import { sshHome } from './ssh-home.ts'
import { publicKey } from './ssh-public-keys.ts'

const run = promisify(execFile)
const key = publicKey('ssh-ed25519')

/** Each process adds five hosts, the shell two hundred. */
export async function expectAllAdded(processes: number): Promise<void> {
  await using folder = await sshHome({ known_hosts: '# mine\n' })
  const path = folder.path('known_hosts')
  const names = Array.from({ length: processes }, (_, index) => `writer${index}`)
  const script = join(import.meta.dirname, 'known-hosts-writer.ts')
  const shell = `for i in $(seq 200); do echo "shell-$i.example ssh-ed25519 ${key.toString('base64')}" >>"${path}"; done`
  await Promise.all([
    ...names.map((name) => run(process.execPath, [script, path, name, '5', key.toString('base64')])),
    run('sh', ['-c', shell]),
  ])
  const text = await readFile(path, 'utf8')
  const lines = parseKnownHosts(text, path)
  for (const name of names.flatMap((name) => [0, 1, 2, 3, 4].map((index) => `${name}-${index}.example`))) {
    expect([name, linesOf(lines, name).length]).toEqual([name, 1])
  }
  expect(lines.length).toBe(processes * 5 + 200)
  expect(text.trimEnd().split('\n').length).toBe(1 + processes * 5 + 200)
  expect(await readdir(folder.path('.'))).toEqual(['known_hosts'])
}
