/**
 * One client of `bench/ssh.ts`, bundled and run in a process of its own, so that loading counts. It comes through our
 * tunnel, through a port that it lets `ssh -N -L` open, or through both in turns. Prints what it measured as JSON.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { useLittleMemory } from '../../src/bin/lean-memory.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { openTunnel } from '../../src/tunnel/open.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import type { SshWay } from '../../src/tunnel/way.ts'

export type SshClientTask = {
  /** The first two measure the time until the first echo, `both` how the two compare from then on. */
  kind: 'tunnel' | 'forward' | 'both'
  way: SshWay & { gatewayPort: number }
  home: string
  /** Options of `ssh` that stand for the configuration in `home`. */
  sshArgs: string[]
  forwardPort: number
}

/** Of each pair of bursts: round trip in ms and download in MB/s. */
type Pair = { ours: number; theirs: number }
export type SshClientResult = { readyMs: number; rtt: Pair[]; bulk: Pair[] }

const pairs = { rtt: 40, bulk: 8 }
/** Bursts before any counts: a connection lives for hours, its first moments are the compiler's. */
const warmUp = 10
const echoes = 50
const bulkBytes = 128 << 20

useLittleMemory() // as the terminal and `tunnel up` do
const task: SshClientTask = JSON.parse(process.argv[2] ?? '{}')
const startedAt = performance.now()
const first = task.kind === 'forward' ? await throughForward() : await throughTunnel()
const stream = await first.dial()
await echo(stream)
const result: SshClientResult = { readyMs: performance.now() - startedAt, rtt: [], bulk: [] }
if (task.kind === 'both') await compare(first, stream)
await first.end()
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit())

/** Bursts in turns, so that whatever else the machine does weighs on both. */
async function compare(tunnel: Path, ours: Duplex): Promise<void> {
  const forward = await throughForward()
  const theirs = await forward.dial()
  for (let i = 0; i < warmUp; i++) for (const path of [ours, theirs]) await burst(path)
  for (let i = 0; i < pairs.rtt; i++) result.rtt.push({ ours: await burst(ours), theirs: await burst(theirs) })
  for (const path of [tunnel, forward, tunnel, forward]) await download(path)
  for (let i = 0; i < pairs.bulk; i++)
    result.bulk.push({ ours: await download(tunnel), theirs: await download(forward) })
  await forward.end()
}

/** Median of some round trips. */
async function burst(through: Duplex): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < echoes; i++) {
    const from = performance.now()
    await echo(through)
    times.push(performance.now() - from)
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
}

/** Taken as a WebSocket takes it: piece by piece as it comes, by `data` events. */
async function download(path: Path): Promise<number> {
  const bulk = await path.dial()
  const from = performance.now()
  const request = Buffer.alloc(5)
  request.writeUInt32BE(bulkBytes, 1)
  bulk.write(request)
  let got = 0
  await new Promise<void>((resolve, reject) => {
    bulk.on('data', (piece: Buffer) => {
      got += piece.length
      if (got >= bulkBytes) resolve()
    })
    bulk.once('close', () => reject(new Error(`closed after ${got} bytes`)))
  })
  const took = performance.now() - from
  bulk.destroy()
  return got / 1e3 / took
}

type Path = { dial(): Promise<Duplex>; end(): Promise<void> }

async function throughTunnel(): Promise<Path> {
  const signal = new AbortController().signal
  const context = {
    clock: systemClock,
    signal,
    prompts: noPrompts,
    onLayer: () => {},
    env: process.env,
    home: task.home,
  }
  const tunnel = await openTunnel(task.way, context)
  return { dial: () => tunnel.dial(signal), end: async () => tunnel[Symbol.asyncDispose]() }
}

/** What people do without us: a forwarded port, tried until it is there. */
async function throughForward(): Promise<Path> {
  const { host, port, gatewayPort } = task.way
  const forward = `127.0.0.1:${task.forwardPort}:127.0.0.1:${gatewayPort}`
  const args = [...task.sshArgs, '-N', '-L', forward, '-p', String(port), '--', host]
  const ssh = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const dial = async (): Promise<Duplex> => {
    for (;;) {
      const socket = connect({ port: task.forwardPort, host: '127.0.0.1', noDelay: true })
      if (await once(socket, 'connect').catch(() => undefined)) return socket
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  return {
    dial,
    async end() {
      ssh.kill()
      await once(ssh, 'exit')
    },
  }
}

async function echo(through: Duplex): Promise<void> {
  const message = Buffer.alloc(200, 'm')
  through.write(message)
  for (let have = 0; have < message.length; ) {
    const piece: Buffer | null = through.read()
    if (piece) have += piece.length
    else await once(through, 'readable')
  }
}
