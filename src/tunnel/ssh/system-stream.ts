/** One stream of the second engine: a process `ssh -W` with its standard input and output, which ends when we do. */

import { Duplex } from 'node:stream'
import { Fault } from '../../shared/fault.ts'
import type { TunnelContext } from '../tunnel.ts'
import { type GatewayPlace, unsupported } from './faults.ts'
import type { SshHost } from './host.ts'
import { runSsh, type SshProcess, startSsh } from './system.ts'
import { forwardArgs, type SystemWay } from './system-args.ts'
import { canForwardSockets, isChannelOpen, isTelling, layerOfLine, systemFault } from './system-log.ts'

export type SystemEngine = {
  readonly ssh: string
  readonly way: SystemWay
  readonly host: SshHost
  readonly gateway: GatewayPlace
  /** `ssh` reads the same configuration by itself. */
  readonly isOwnHome: boolean
}

/** A server's banner may be long; what `ssh` says in the end is short. */
const linesKept = 500

/** Throws where this `ssh` cannot reach a gateway that listens on a unix socket. */
export async function checkSystem(
  { ssh, host, gateway }: SystemEngine,
  { env, signal }: Pick<TunnelContext, 'env' | 'signal'>,
): Promise<void> {
  if (!('path' in gateway)) return
  const { stderr } = await runSsh(ssh, ['-V'], { env, signal, timeoutMs: 5000, limitBytes: 10_000 })
  if (canForwardSockets(stderr)) return
  const remedy = 'Update OpenSSH on this machine to 9.4 or later, or let the gateway listen on a loopback port.'
  throw unsupported(host, `ssh -W to a unix socket, which ${stderr.split(/[ ,]/)[0]} cannot`, remedy)
}

/** Opens one stream to the gateway. Rejects with a `Fault`, or with the signal's reason; no process is left then. */
export function dialSystem(
  { ssh, way, host, gateway, isOwnHome }: SystemEngine,
  { env, onLayer }: Pick<TunnelContext, 'env' | 'onLayer'>,
  signal: AbortSignal,
): Promise<Duplex> {
  const target = 'path' in gateway ? gateway.path : `127.0.0.1:${gateway.port}`
  const args = forwardArgs(way, host, target, isOwnHome)
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
    child.once('close', () => settle(systemFault(host, gateway, said)))
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

function streamOf(child: SshProcess): Duplex {
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
  child.once('close', () => stream.destroy())
  return stream
}

function cannotStart(host: SshHost, ssh: string, cause: Error): Fault {
  return new Fault('ssh.unreachable', `${ssh} cannot be started, which ${host.alias} needs (${cause.message})`, {
    remedy: 'Look whether it can be run by hand.',
    cause,
  })
}
