/** One stream of the second engine: a process `ssh -W` with its standard input and output, which ends when we do. */

import { Duplex } from 'node:stream'
import { Fault } from '../../shared/fault.ts'
import type { TunnelContext } from '../tunnel.ts'
import { openAskpass } from './askpass.ts'
import { askpassSince } from './askpass-text.ts'
import { type GatewayPlace, hostAndPort, unsupported } from './faults.ts'
import type { SshHost } from './host.ts'
import type { KnownHostsLine } from './known-hosts.ts'
import { runSsh, type SshProcess, startSsh } from './system.ts'
import { forwardArgs, type SystemWay } from './system-args.ts'
import { isAtLeast, isChannelOpen, isTelling, layerOfLine, systemFault } from './system-log.ts'

export type SystemEngine = {
  readonly ssh: string
  readonly way: SystemWay
  readonly host: SshHost
  readonly gateway: GatewayPlace
  /** What the host is known by; says which line marks a key as revoked. */
  readonly known: readonly KnownHostsLine[]
  /** `ssh` reads the same configuration by itself. */
  readonly isOwnHome: boolean
}

/** A server's banner may be long; what `ssh` says in the end is short. */
const linesKept = 500
/** `-W` takes a path since then. https://www.openssh.com/txt/release-9.4 */
const socketsSince = [9, 4] as const

export type SystemAbilities = { readonly canAsk: boolean }

/** Throws where this `ssh` cannot reach a gateway that listens on a unix socket. */
export async function checkSystem(
  { ssh, host, gateway }: SystemEngine,
  { env, signal }: Pick<TunnelContext, 'env' | 'signal'>,
): Promise<SystemAbilities> {
  const { stderr: version } = await runSsh(ssh, ['-V'], { env, signal, timeoutMs: 5000, limitBytes: 10_000 })
  if ('path' in gateway && !isAtLeast(version, socketsSince)) {
    const remedy = 'Update OpenSSH on this machine to 9.4 or later, or let the gateway listen on a loopback port.'
    throw unsupported(host, `ssh -W to a unix socket, which ${version.split(/[ ,]/)[0]} cannot`, remedy)
  }
  return { canAsk: !host.batchMode && process.platform !== 'win32' && isAtLeast(version, askpassSince) }
}

export type SystemStream = {
  readonly stream: Duplex
  /** Its process still runs. */
  isAlive(): boolean
}

export type DialContext = Pick<TunnelContext, 'env' | 'onLayer' | 'prompts'> & SystemAbilities

/** Opens one stream to the gateway. Rejects with a `Fault`, or with the signal's reason; no process is left then. */
export async function dialSystem(
  engine: SystemEngine,
  context: DialContext,
  signal: AbortSignal,
): Promise<SystemStream> {
  const { env, prompts, canAsk } = context
  if (!canAsk) return await startStream(engine, context, signal)
  await using askpass = await openAskpass(engine.host, prompts, signal)
  try {
    return await startStream(engine, { ...context, env: { ...env, ...askpass.env } }, signal)
  } catch (error) {
    const isRefusal = error instanceof Fault && ['ssh.unauthorized', 'ssh.host-key-unknown'].includes(error.code)
    throw isRefusal && askpass.problem instanceof Fault ? askpass.problem : error
  }
}

function startStream(
  engine: SystemEngine,
  { env, onLayer, canAsk }: DialContext,
  signal: AbortSignal,
): Promise<SystemStream> {
  const { ssh, way, host, gateway, isOwnHome } = engine
  const target = 'path' in gateway ? gateway.path : hostAndPort(gateway.host ?? '127.0.0.1', gateway.port)
  const args = forwardArgs(way, host, target, { isOwnHome, canAsk })
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const child = startSsh(ssh, args, env)
    const said: string[] = []
    const settle = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort)
      if (error === undefined) return resolve(streamOf(child))
      child.kill()
      reject(error)
    }
    const onAbort = () => settle(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    child.stdin.on('error', () => {}) // it has ended; 'close' says why
    child.once('error', (error) => settle(cannotStart(host, ssh, error)))
    child.once('close', () => settle(systemFault(engine, said)))
    onLines(child.stderr, (line) => {
      if (isChannelOpen(line)) return settle()
      const layer = layerOfLine(line)
      if (layer) onLayer(layer)
      if (isTelling(line) && said.length < linesKept) said.push(line)
    })
  })
}

function onLines(stream: NodeJS.ReadableStream, listener: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/)
    rest = (lines.pop() ?? '').slice(-10_000)
    for (const line of lines) listener(line)
  })
}

function streamOf(child: SshProcess): SystemStream {
  const { stdin, stdout } = child
  const stream = new Duplex({
    read: () => void stdout.resume(),
    write: (piece, _encoding, done) => void stdin.write(piece, done),
    final: (done) => void stdin.end(done),
    destroy(error, done) {
      child.kill()
      done(error)
    },
  })
  stdout.on('data', (piece) => {
    if (!stream.push(piece)) stdout.pause()
  })
  stdout.once('end', () => stream.push(null))
  child.once('close', () => {
    // What it said last is still to be read.
    if (stream.readableEnded) stream.destroy()
    else stream.once('end', () => stream.destroy())
  })
  const isAlive = () => child.exitCode === null && child.signalCode === null
  return { stream, isAlive }
}

function cannotStart(host: SshHost, ssh: string, cause: Error): Fault {
  return new Fault('ssh.unreachable', `${ssh} cannot be started, which ${host.alias} needs (${cause.message})`, {
    remedy: 'Look whether it can be run by hand.',
    cause,
  })
}
