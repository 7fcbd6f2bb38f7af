/** An SSH server in this process, for what a real sshd cannot be made to do: ask questions, want several proofs, misbehave. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type AuthContext, type Connection, type ServerConfig } from 'ssh2'
import type { SshWay } from '../../src/tunnel/way.ts'
import { makeHome, makeKey } from './sshd.ts'

export type Ssh2ServerOptions = {
  /** Decides each attempt to log in: `accept()`, or `reject(methods, isPartial)`. Whoever comes is let in when absent. */
  login?: (attempt: AuthContext) => void
  algorithms?: ServerConfig['algorithms']
  /** False: as a server before the answer to Terrapin. */
  isOrderKept?: boolean
  /** False: keepalives and other global requests get no answer. */
  isKeepAliveAnswered?: boolean
  /** Commands run here, in this home of the far account. Without it none are run. */
  farHome?: string
  /** Lines of the client's `~/.ssh/config`. */
  config?: string
}

export type Ssh2Server = AsyncDisposable & {
  readonly port: number
  readonly home: string
  /** Who tried to log in, and how: `none`, `publickey`, … */
  readonly attempts: string[]
  /** Channels that were asked for. */
  readonly channels: string[]
  way(more?: Partial<SshWay>): SshWay
}

export async function startSsh2Server(options: Ssh2ServerOptions = {}): Promise<Ssh2Server> {
  const { login, algorithms } = options
  const folder = mkdtempSync(join(tmpdir(), 'ssh2-'))
  const home = makeHome(join(folder, 'home'))
  const keyPath = join(folder, 'host')
  const hostKey = makeKey(keyPath)
  const attempts: string[] = []
  const channels: string[] = []
  const clients = new Set<Connection>()
  const config = { hostKeys: [readFileSync(keyPath)], ...(algorithms ? { algorithms } : {}) }
  const server = new ssh2.Server(config, (client) => {
    clients.add(client)
    client.on('error', () => {}) // clients vanish in tests
    client.on('close', () => clients.delete(client))
    if (options.isOrderKept === false) forgetOrder(client)
    if (options.isKeepAliveAnswered === false) insideOf(client)._handlers.GLOBAL_REQUEST = () => {}
    client.on('authentication', (attempt) => {
      attempts.push(attempt.method)
      if (login) login(attempt)
      else attempt.accept()
    })
    client.on('ready', () => {
      forwardTcp(client, channels)
      if (options.farHome !== undefined) runCommands(client, options.farHome)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`)
  writeFileSync(join(home, '.ssh/config'), options.config ?? '')
  return {
    ...{ port, home, attempts, channels },
    way: (more = {}) => ({ kind: 'ssh', host: '127.0.0.1', port, user: 'deploy', ...more }),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.end()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Takes the promise of strict order (`kex-strict-s-v00@openssh.com`) out of what this server offers. */
function forgetOrder(client: Connection): void {
  const protocol = insideOf(client)
  const { KexInit } = createRequire(import.meta.url)('ssh2/lib/protocol/kex.js')
  const { kex, serverHostKey, cs } = protocol._offer.lists
  const names = (list: { array: string[] }) => list.array
  const both = { cipher: names(cs.cipher), mac: names(cs.mac), compress: names(cs.compress), lang: [] }
  Object.assign(protocol, {
    _strictMode: false,
    _offer: new KexInit({
      kex: names(kex).filter((name) => !name.startsWith('kex-strict')),
      ...{ serverHostKey: names(serverHostKey), cs: both, sc: both },
    }),
  })
}

type Inside = { _handlers: Record<string, () => void>; _offer: { lists: Lists } }

function insideOf(client: Connection): Inside {
  return (client as unknown as { _protocol: Inside })._protocol
}

type List = { array: string[] }
type Lists = { kex: List; serverHostKey: List; cs: { cipher: List; mac: List; compress: List } }

function runCommands(client: Connection, home: string): void {
  client.on('session', (accept) => {
    accept().on('exec', (accepted, _reject, { command }) => {
      const channel = accepted()
      const child = spawn('sh', ['-c', command], { env: { PATH: process.env.PATH, HOME: home }, cwd: '/' })
      channel.pipe(child.stdin)
      child.stdout.on('data', (piece) => channel.write(piece))
      child.stderr.on('data', (piece) => channel.stderr.write(piece))
      child.on('close', (code) => {
        channel.exit(code ?? 1)
        channel.end()
      })
    })
  })
}

function forwardTcp(client: Connection, channels: string[]): void {
  client.on('tcpip', (accept, reject, { destIP, destPort }) => {
    channels.push(`${destIP}:${destPort}`)
    const socket = connect({ host: destIP, port: destPort, noDelay: true })
    socket.once('error', () => reject())
    socket.once('connect', () => {
      const channel = accept()
      socket.on('error', () => channel.destroy())
      channel.pipe(socket).pipe(channel)
    })
  })
}
