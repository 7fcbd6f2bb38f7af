/**
 * The built terminal in a real pty before the built gateway: how soon one can type, what it holds, how long a key takes to
 * show, what a streamed answer costs. `--rounds 3` of the long part; `--paragraph` streams one endless paragraph instead
 * of prose, the worst a model can write.
 */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { percentile, report } from './report.ts'
import { longAnswer } from './support/long-answer.ts'
import { BenchPeer } from './support/peer.ts'
import { cpuMs, residentMb, spawnGateway, startProvider, timeProcess } from './support/processes.ts'
import { BenchTerminal } from './support/terminal.ts'

const starts = 9
const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 3
const streamSeconds = 20
const keys = 200
const idleSeconds = 10
const model = process.argv.includes('--paragraph') ? 'paced-100-10000' : 'prose-100-10000'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

await using provider = await startProvider()
await using gateway = await spawnGateway({ providerPort: provider.port })
const control = await BenchPeer.connectWhenUp({ port: gateway.port })
const url = `ws://127.0.0.1:${gateway.port}`

/** What accepts a connection and never says a word: the worst gateway to wait for. */
const silent = createServer().listen(0, '127.0.0.1')
await once(silent, 'listening')
const silentUrl = `ws://127.0.0.1:${(silent.address() as { port: number }).port}`

await startFigures()
await longFigures()
control.close()
silent.close()

async function startFigures(): Promise<void> {
  const bare: number[] = []
  const painted: number[] = []
  const usable: number[] = []
  const ready: number[] = []
  const alonePainted: number[] = []
  const aloneUsable: number[] = []
  const residents: number[] = []
  for (let i = -1; i < starts; i++) {
    const node = await timeProcess(['-e', '0'], gateway.env)
    await using near = BenchTerminal.open(url, gateway.home)
    const times = { painted: await near.painted(), usable: await near.usable(), ready: await near.ready() }
    await pause(500)
    const resident = residentMb(near.pid)
    await using alone = BenchTerminal.open(silentUrl, gateway.home)
    const aloneTimes = { painted: await alone.painted(), usable: await alone.usable() }
    if (i < 0) continue // the first fills the compile cache, as the first run of a new version does
    bare.push(node)
    painted.push(times.painted)
    usable.push(times.usable)
    ready.push(times.ready)
    residents.push(resident)
    alonePainted.push(aloneTimes.painted)
    aloneUsable.push(aloneTimes.usable)
  }
  report('Terminal: start, 120×40', [
    { name: 'node -e 0', samples: bare, unit: 'ms' },
    { name: 'spawn to the composer on the screen', samples: painted, unit: 'ms' },
    { name: 'spawn to the first key on the screen', samples: usable, unit: 'ms', budget: 300 },
    { name: 'spawn to the conversation', samples: ready, unit: 'ms' },
    { name: 'composer on the screen, no gateway answers', samples: alonePainted, unit: 'ms' },
    { name: 'first key on the screen, no gateway answers', samples: aloneUsable, unit: 'ms', budget: 300 },
    { name: 'resident', samples: residents, unit: 'MB', budget: 110 },
  ])
}

/**
 * A screen is given the last 200 messages, at most 6 MiB of them. So 100,000 lines are 190 injected messages of 560 short
 * lines; the rounds add a few. How many rows the terminal makes of them is what it says itself when scrolled to the top.
 */
async function injectLongTranscript(): Promise<void> {
  const lines = longAnswer.split('\n').filter((line) => line.length < 50 && !line.startsWith('|'))
  const message = Array.from({ length: 560 }, (_, at) => lines[at % lines.length]).join('\n')
  await control.call('sessions.patch', { key: 'main', model: `bench/${model}` })
  for (let i = 0; i < 190; i++) await control.call('chat.inject', { sessionKey: 'main', message })
}

async function longFigures(): Promise<void> {
  await injectLongTranscript()
  const samples = {
    ready: [] as number[],
    rows: [] as number[],
    loadedMb: [] as number[],
    idleWrites: [] as number[],
    idleCpu: [] as number[],
    idleP50: [] as number[],
    idleP99: [] as number[],
    cpu: [] as number[],
    frameBytes: [] as number[],
    busyP50: [] as number[],
    busyP99: [] as number[],
    streamedMb: [] as number[],
    tokens: [] as number[],
  }
  for (let round = 0; round < rounds; round++) {
    await using terminal = BenchTerminal.open(url, gateway.home)
    await terminal.usable()
    samples.ready.push(await terminal.ready())
    samples.rows.push(await terminal.countRows())
    await pause(2000)
    samples.loadedMb.push(residentMb(terminal.pid))
    const idle = await terminal.echoes(keys)
    samples.idleP50.push(percentile(idle, 0.5))
    samples.idleP99.push(percentile(idle, 0.99))
    await pause(1000)

    const before = { bytes: terminal.bytes, cpu: cpuMs(terminal.pid) }
    await pause(idleSeconds * 1000)
    samples.idleWrites.push(terminal.bytes - before.bytes)
    samples.idleCpu.push((cpuMs(terminal.pid) - before.cpu) / (idleSeconds * 10))

    const begun = performance.now()
    terminal.type('go<enter>')
    await terminal.until(/esc(ape)? stops/)
    await pause(1000)
    const from = { at: performance.now(), bytes: terminal.bytes, reads: terminal.reads, cpu: cpuMs(terminal.pid) }
    await pause(streamSeconds * 1000)
    const tokens = (performance.now() - from.at) / 10
    samples.cpu.push(((cpuMs(terminal.pid) - from.cpu) / tokens) * 10)
    samples.frameBytes.push((terminal.bytes - from.bytes) / (terminal.reads - from.reads))
    const busy = await terminal.echoes(keys)
    samples.busyP50.push(percentile(busy, 0.5))
    samples.busyP99.push(percentile(busy, 0.99))
    terminal.type('<esc>')
    await terminal.until('■ Stopped')
    await pause(500)
    samples.tokens.push(provider.lastTokens() / ((performance.now() - begun - 500) / 1000))
    samples.streamedMb.push(residentMb(terminal.pid))
  }
  report(`Terminal: 100,000 lines and a reply of ${model}, 120×40`, [
    { name: 'spawn to the whole transcript', samples: samples.ready, unit: 'ms' },
    { name: 'rows of the transcript', samples: samples.rows, unit: 'rows', budget: 100_000, atLeast: true },
    { name: 'resident with it', samples: samples.loadedMb, unit: 'MB', budget: 160 },
    { name: 'key echo idle, p50', samples: samples.idleP50, unit: 'ms' },
    { name: `key echo idle, p99 of ${keys}`, samples: samples.idleP99, unit: 'ms', budget: 16 },
    { name: `idle ${idleSeconds} s: written`, samples: samples.idleWrites, unit: 'B', budget: 0 },
    { name: `idle ${idleSeconds} s: CPU`, samples: samples.idleCpu, unit: '%', budget: 0.3 },
    { name: 'tokens that came while it streamed', samples: samples.tokens, unit: '/s', budget: 95, atLeast: true },
    { name: 'key echo while streaming, p50', samples: samples.busyP50, unit: 'ms' },
    { name: `key echo while streaming, p99 of ${keys}`, samples: samples.busyP99, unit: 'ms', budget: 33 },
    // Scaled from the seconds above to the hundred that 10,000 tokens take.
    { name: `CPU for 10,000 tokens, scaled from ${streamSeconds} s`, samples: samples.cpu, unit: 's', budget: 8 },
    { name: 'written for a streamed frame', samples: samples.frameBytes, unit: 'B', budget: 200 },
    { name: 'resident after it', samples: samples.streamedMb, unit: 'MB', budget: 160 },
  ])
}
