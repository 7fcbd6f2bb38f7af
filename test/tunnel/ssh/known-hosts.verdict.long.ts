/** Our verdict on a host's key and that of the real ssh, which meets a real sshd over a pipe: no port, no login. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashName, parseKnownHosts, verifyHostKey } from '../../../src/tunnel/ssh/known-hosts.ts'
import { requireProgram } from '../../support/programs.ts'
import { type SshHome, sshHome } from '../../support/ssh-home.ts'
import { publicKey } from '../../support/ssh-public-keys.ts'

const [other, ecdsa] = [publicKey('ssh-ed25519'), publicKey('ecdsa-sha2-nistp256')]
const lineOf = (key: Buffer) => `${key === ecdsa ? 'ecdsa-sha2-nistp256' : 'ssh-ed25519'} ${key.toString('base64')}`
const hashed = (name: string) => hashName(name, Buffer.alloc(20, 3))

let folder: SshHome
let key: Buffer

beforeAll(async () => {
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 }) // where it confines its helpers
  folder = await sshHome({ sshd_config: '' })
  await promisify(execFile)(requireProgram('ssh-keygen'), [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-f',
    folder.path('host_key'),
  ])
  key = Buffer.from((await readFile(folder.path('host_key.pub'), 'utf8')).split(' ')[1] ?? '', 'base64')
})

afterAll(async () => await folder[Symbol.asyncDispose]())

/** `K` stands for the host's key, `O` for another of its type, `E` for one of another type. */
test.each<[string, { port?: number; alias?: string }, string]>([
  ['web K', {}, 'known'],
  ['', {}, 'unknown'],
  ['web O', {}, 'changed'],
  ['web E', {}, 'changed'],
  ['web E\nweb K', {}, 'known'],
  ['web O\nweb K', {}, 'known'],
  ['db,w*,!web K', {}, 'unknown'],
  [`${hashed('web')} K`, {}, 'known'],
  [`${hashed('web')} O`, {}, 'changed'],
  ['@revoked * K\nweb K', {}, 'revoked'],
  ['@revoked web O\nweb K', {}, 'known'],
  ['@revoked web K', {}, 'revoked'],
  ['[web]:2222 K', { port: 2222 }, 'known'],
  ['[web]:2222 O\nweb K', { port: 2222 }, 'changed'],
  ['web K', { port: 2222 }, 'known'],
  ['web O', { port: 2222 }, 'unknown'],
  ['[web]:2222 K', {}, 'unknown'],
  ['gate K', { alias: 'Gate', port: 2222 }, 'known'],
  ['web,[gate]:2222 K', { alias: 'gate', port: 2222 }, 'unknown'],
  ['@Revoked web K\nweb K', {}, 'known'],
])('TU3: %j with %j: %s, says ssh too', async (lines, { port = 22, alias }, verdict) => {
  const text = lines.replace(/[KOE]$/gm, (name) => lineOf({ K: key, O: other, E: ecdsa }[name] ?? key))
  const host = { hostName: 'web', port, hostKeyAlias: alias }
  expect(verifyHostKey(parseKnownHosts(text, 'kh'), host, key).kind).toBe(verdict)
  expect(await verdictOfSsh(text, port, alias)).toBe(verdict)
})

async function verdictOfSsh(text: string, port: number, alias: string | undefined): Promise<string> {
  const file = folder.path('known_hosts')
  await writeFile(file, text)
  const server = `${requireProgram('sshd')} -i -f ${folder.path('sshd_config')} -h ${folder.path('host_key')} -o PidFile=none`
  const options = {
    ...{ ProxyCommand: server, UserKnownHostsFile: file, GlobalKnownHostsFile: '/dev/null' },
    ...{ StrictHostKeyChecking: 'yes', HostKeyAlgorithms: 'ssh-ed25519', PreferredAuthentications: 'none' },
    ...(alias === undefined ? {} : { HostKeyAlias: alias }),
  }
  const args = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const said = await new Promise<string>((resolve) => {
    const command = ['-v', '-T', '-F', 'none', '-p', String(port), ...args, '--', 'web', 'true']
    execFile(requireProgram('ssh'), command, { timeout: 10_000 }, (_error, _stdout, stderr) => resolve(stderr))
  })
  if (said.includes('REVOKED HOST KEY DETECTED')) return 'revoked'
  if (said.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) return 'changed'
  if (/No \S+ host key is known for/.test(said)) return 'unknown'
  return /is known and matches the/.test(said) ? 'known' : said
}
