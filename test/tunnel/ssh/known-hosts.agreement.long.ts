/** Our reading of known_hosts against `ssh-keygen`'s, on lines nobody wrote by hand. */
import { execFile } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fingerprint } from '../../../src/tunnel/ssh/host-key.ts'
import { hashName, linesOf, parseKnownHosts } from '../../../src/tunnel/ssh/known-hosts.ts'
import { Dice } from '../../support/dice.ts'
import { requireProgram } from '../../support/programs.ts'
import { keyTypes, publicKey } from '../../support/ssh-public-keys.ts'

const lineCount = 10_000
const names = [
  ...[
    'web',
    'web2',
    'db.example.com',
    'a.b.example.com',
    'example.com',
    '10.0.0.5',
    '10.0.0.55',
    'fe80::1',
    'x-1',
    'u_2',
  ],
  ...[
    '[web]:2222',
    '[web]:22',
    '[db.example.com]:22022',
    '[10.0.0.5]:2222',
    '[fe80::1]:8022',
    'alias',
    'w',
    'unknown.example',
  ],
]
const patterns = [
  '*',
  '*.example.com',
  'w*',
  '?eb',
  '10.0.0.*',
  '[*]:2222',
  '[web]:*',
  '*:2222',
  'x-?',
  '**b*',
  'WEB',
  'Db.Example.com',
  'web?',
  '',
]

test(`TU3: ${lineCount} generated lines name to us the hosts they name to ssh-keygen -F`, async () => {
  const { lines, found, seed } = await generate(lineCount, { isDamaged: false })
  for (const name of names) {
    const ours = linesOf(lines, name).map(({ line, marker }) => `${line} ${marker ?? ''}`)
    expect({ seed, name, ours }).toEqual({ seed, name, ours: places(found.get(name), false) })
  }
})

test('TU3: keys that are damaged, cut or under a wrong type are passed over by both, the others have the same fingerprint', async () => {
  // With `-l` ssh-keygen reads the keys as well, which takes it 15 times as long.
  const { lines, found, seed } = await generate(1000, { isDamaged: true })
  for (const name of names) {
    const ours = linesOf(lines, name).map(({ line, key, marker }) => `${line} ${marker ?? ''} ${fingerprint(key)}`)
    expect({ seed, name, ours }).toEqual({ seed, name, ours: places(found.get(name), true) })
  }
})

async function generate(count: number, { isDamaged }: { isDamaged: boolean }) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'known-hosts-'))
  const file = join(folder.path, 'known_hosts')
  const seed = Math.floor(Math.random() * 2 ** 32)
  const text = knownHosts(new Dice(seed), count, isDamaged)
  await writeFile(file, text)
  const found = new Map<string, string>()
  const args = isDamaged ? ['-l'] : []
  await Promise.all(names.map(async (name) => found.set(name, await find(name, file, args))))
  return { seed, lines: parseKnownHosts(text, file), found }
}

function knownHosts(dice: Dice, count: number, isDamaged: boolean): string {
  const keys = keyTypes.flatMap((type) => dice.times(6, 6, () => ({ type, blob: publicKey(type) })))
  const line = () => {
    const { type, blob } = dice.pick(keys)
    const encoded = isDamaged && dice.chance(0.2) ? damaged(dice, blob) : blob.toString('base64')
    const shown = isDamaged && dice.chance(0.1) ? dice.pick([...keyTypes, 'ssh-none', '1024', '']) : type
    const gap = () => dice.pick([' ', ' ', '  ', '\t', ' \t'])
    const marker = dice.chance(0.85) ? '' : `${dice.pick(markers)} `
    const comment = dice.pick(['', '', ' me@here', '\t# why', ' ', '\r'])
    return `${dice.pick(['', '', '', ' ', '\t'])}${marker}${hostField(dice)}${gap()}${shown}${gap()}${encoded}${comment}`
  }
  return (
    dice.times(count, count, () => (dice.chance(0.05) ? dice.pick(odd) : line())).join('\n') + dice.pick(['', '\n'])
  )
}

const markers = [
  '@revoked',
  '@revoked',
  '@cert-authority',
  '@cert-authority',
  '@Revoked',
  '@other',
  '@revoked @revoked',
  '@',
]
const odd = [
  ...['', '# a comment', '   ', 'web', 'web ssh-ed25519', 'web ssh-ed25519 # AAAA', 'web 1024 35 12345'],
  ...['|1|a|b ssh-ed25519 AAAA', '@revoked', '@revoked web', '#web ssh-ed25519 AAAA', '\t'],
]

function hostField(dice: Dice): string {
  if (dice.chance(0.3)) return hashed(dice)
  const one = () => `${dice.chance(0.12) ? '!' : ''}${dice.pick(dice.chance(0.7) ? names : patterns)}`
  return dice.times(1, 4, one).join(',')
}

function hashed(dice: Dice): string {
  const salt = Buffer.from(dice.times(20, 20, () => dice.upTo(256)))
  const field = hashName(dice.pick(names), dice.chance(0.95) ? salt : salt.subarray(1))
  return dice.chance(0.95)
    ? field
    : dice.pick([
        field.slice(0, -1),
        `${field},web`,
        field.replace('|1|', '|2|'),
        `!${field}`,
        field.replaceAll('=', ''),
      ])
}

function damaged(dice: Dice, blob: Buffer): string {
  const text = blob.toString('base64')
  return dice.pick([
    text.slice(0, -8),
    `${text.slice(0, 8)}!${text.slice(9)}`,
    Buffer.concat([blob, Buffer.from([0])]).toString('base64'),
    `${text}#`,
    text.replace(/=+$/, ''),
    '====',
    blob.subarray(0, 30).toString('base64'),
  ])
}

function find(name: string, file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 << 20 }
    execFile(requireProgram('ssh-keygen'), [...args, '-F', name, '-f', file], options, (_, stdout) => resolve(stdout))
  })
}

const said: Readonly<Record<string, string>> = { REVOKED: 'revoked', CA: 'cert-authority' }

/** `# Host web found: line 12 REVOKED` → `12 revoked`, and with `-l` the fingerprint that follows. */
function places(output: string | undefined, isDamaged: boolean): string[] {
  const shape = isDamaged
    ? /^# Host .* found: line (\d+) ?(REVOKED|CA|)\n.*( SHA256:\S+)/gm
    : /^# Host .* found: line (\d+) ?(REVOKED|CA|)()/gm
  return [...(output ?? '').matchAll(shape)].map(
    ([, line, marker = '', print = '']) => `${line} ${said[marker] ?? ''}${print}`,
  )
}
