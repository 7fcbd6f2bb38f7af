/** A real OpenSSH server on a free loopback port, with settings and keys of its own, and the home of somebody who may log in. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { makeKeyPair } from '../../src/tunnel/ssh/make-key.ts'
import type { SshWay } from '../../src/tunnel/way.ts'
import { freePort } from './free-port.ts'
import { requireProgram } from './programs.ts'

export type SshdOptions = {
  /** Lines of sshd_config; the first of a kind wins, so they overrule ours. */
  settings?: readonly string[]
  /** Types of its host keys, each made for it. */
  hostKeys?: readonly KeyType[]
  /** Prefix of the line in `authorized_keys`: `restrict`, `permitopen="…"`. */
  keyOptions?: string
  /** Runs it inside this network namespace of the test, on this address. */
  netns?: { name: string; address: string }
  /** Lines of the client's `~/.ssh/config`. */
  config?: string
  /** A home made before; each server adds its own `authorized_keys`. */
  home?: string
}

type KeyType = 'ed25519' | 'ecdsa' | 'rsa'

export type Sshd = AsyncDisposable & {
  readonly port: number
  readonly address: string
  /** The home of the person: `.ssh` with `id_ed25519`, and `known_hosts` with every key of this server. */
  readonly home: string
  readonly user: string
  /** Public host keys, `type base64`. */
  readonly hostKeys: readonly string[]
  /** Everything it logged so far. */
  log(): string
  /** Processes that serve logged-in clients right now. */
  sessions(): number[]
  way(more?: Partial<SshWay>): SshWay
  /** Replaces the client's `~/.ssh/config`. */
  configure(text: string): void
  /** Lets these public keys in, instead of those before. */
  authorize(...publicKeys: string[]): void
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  const home = options.home ?? makeHome(join(folder, 'home'))
  const address = options.netns?.address ?? '127.0.0.1'
  const port = options.netns ? 22 : await freePort()
  const hostKeys = (options.hostKeys ?? ['ed25519']).map((type) => makeKey(join(folder, `host_${type}`), type))
  const known = hostKeys.map((key) => `${port === 22 ? address : `[${address}]:${port}`} ${key}\n`)
  writeFileSync(join(home, '.ssh/known_hosts'), known.join(''), { flag: 'a', mode: 0o600 })
  const configure = (text: string) => writeFileSync(join(home, '.ssh/config'), text)
  configure(options.config ?? '')
  const authorize = (...keys: string[]) =>
    writeFileSync(
      join(folder, 'authorized_keys'),
      keys.map((key) => `${options.keyOptions ?? ''} ${key}`.trimStart()).join('\n'),
    )
  authorize(readFileSync(join(home, '.ssh/id_ed25519.pub'), 'utf8'))
  writeFileSync(join(folder, 'config'), configText(folder, { address, port }, options))
  const child = run(join(folder, 'config'), options)
  let log = ''
  child.stderr?.on('data', (piece) => {
    log += piece
  })
  await listening(child, () => log)
  return {
    ...{ port, address, home, user: userInfo().username, hostKeys, configure, authorize },
    log: () => log,
    sessions: () => descendants(child.pid ?? 0),
    way: (more = {}) => ({ kind: 'ssh', host: address, port, ...more }),
    async [Symbol.asyncDispose]() {
      const sessions = descendants(child.pid ?? 0)
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      for (const pid of sessions) end(pid)
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A home folder with an unencrypted `id_ed25519`. */
export function makeHome(home: string): string {
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  makeKey(join(home, '.ssh/id_ed25519'), 'ed25519')
  return home
}

/** Makes a key pair; the result is the public half as `type base64`. */
export function makeKey(path: string, type: KeyType = 'ed25519', passphrase = ''): string {
  if (type !== 'ed25519' || passphrase !== '') return keyOfOpenSsh(path, type, passphrase)
  const { privateKey, publicLine } = makeKeyPair('', undefined) // a hundred processes less
  writeFileSync(path, privateKey, { mode: 0o600 })
  writeFileSync(`${path}.pub`, `${publicLine}\n`)
  return publicLine
}

/** The same by `ssh-keygen`. One round of bcrypt: each costs ssh2 20 ms. */
export function keyOfOpenSsh(path: string, type: KeyType, passphrase = ''): string {
  const args = ['-q', '-t', type, '-N', passphrase, '-a', '1', '-C', '', '-f', path]
  execFileSync(requireProgram('ssh-keygen'), type === 'rsa' ? ['-b', '2048', ...args] : args)
  return readFileSync(`${path}.pub`, 'utf8').trim()
}

function configText(folder: string, at: { address: string; port: number }, options: SshdOptions): string {
  return [
    ...(options.settings ?? []),
    `ListenAddress ${at.address}:${at.port}`,
    ...(options.hostKeys ?? ['ed25519']).map((type) => `HostKey ${join(folder, `host_${type}`)}`),
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PermitRootLogin yes',
    'StrictModes no',
    'PidFile none',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UseDNS no',
    'LogLevel VERBOSE',
    '',
  ].join('\n')
}

function run(config: string, { netns }: SshdOptions): ChildProcess {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }) // where it confines its helpers
  const command = [requireProgram('sshd'), '-D', '-e', '-f', config]
  const [program = '', ...args] = netns ? [requireProgram('ip'), 'netns', 'exec', netns.name, ...command] : command
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function listening(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (/Server listening/.test(log())) resolve()
    }
    child.stderr?.on('data', check)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`sshd ended with code ${code}:\n${log()}`)))
  })
}

/** Every process below `pid`, the nearest first. */
export function descendants(pid: number): number[] {
  let text = ''
  try {
    text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  } catch {} // it has just ended
  const children = text.trim().split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {} // it was faster
}
