/**
 * One client of `bench/ssh.ts`, bundled and run in a process of its own, so that loading counts: through our tunnel, or
 * through a port that it lets `ssh -N -L` open. Prints what it measured as one line of JSON.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { systemClock } from '../../src/shared/std/clock.ts'
import { openTunnel } from '../../src/tunnel/open.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import type { SshWay } from '../../src/tunnel/way.ts'

export type SshClientTask = {
  kind: 'tunnel' | 'forward'
  way: SshWay & { gatewayPort: number }
  home: string
  /** Options of `ssh` that stand for the configuration in `home`. */
  sshArgs: string[]
  forwardPort: number
  echoes: number
  bulkBytes: number
}

export type SshClientResult = { readyMs: number; rttMs: number; bulkMBs: number }

const task: SshClientTask = JSON.parse(process.argv[2] ?? '{}')
const startedAt = performance.now()
const path = task.kind === 'tunnel' ? await throughTunnel() : await throughForward()
const stream = await path.dial()
await echo(stream)
const readyMs = performance.now() - startedAt

const times: number[] = []
for (let i = 0; i < task.echoes; i++) {
  const from = performance.now()
  await echo(stream)
  times.push(performance.now() - from)
}
times.sort((a, b) => a - b)
stream.destroy()

const bulk = await path.dial()
const from = performance.now()
const request = Buffer.alloc(5)
request.writeUInt32BE(task.bulkBytes, 1)
bulk.write(request)
let got = 0
for await (const piece of bulk) {
  got += piece.length
  if (got >= task.bulkBytes) break
}
const seconds = (performance.now() - from) / 1000
const result: SshClientResult = {
  readyMs,
  rttMs: times[times.length >> 1] ?? Number.NaN,
  bulkMBs: got / 1e6 / seconds,
}
await new Promise((resolve) => process.stdout.write(`${JSON.stringify(result)}\n`, resolve))
await path.end()
process.exit()

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
