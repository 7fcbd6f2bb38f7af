/** What attackers cost: floods of connections that never log in, a page that guesses, and how fast hostile input is read. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { methodList } from '../src/shared/protocol/table.ts'
import { fuzzConfig } from '../test/fuzz/config.ts'
import type { Fuzzing } from '../test/fuzz/corpus.ts'
import { fuzzFrames } from '../test/fuzz/frames.ts'
import { fuzzHttp } from '../test/fuzz/http.ts'
import { fuzzParams } from '../test/fuzz/params.ts'
import { connectParamsOf, makeDevice } from '../test/support/device.ts'
import { RawClient } from '../test/support/raw-client.ts'
import { type Figure, report } from './report.ts'
import type { FloodPlan, FloodResult } from './support/flood.ts'
import { BenchPeer } from './support/peer.ts'
import { type BenchGateway, residentMb, spawnGateway } from './support/processes.ts'

const perSecond = 5_000
const seconds = 10
/** The owner's connection attempts during a flood are this far apart. */
const ownerPauseMs = 400
/** An attempt that takes longer has failed. */
const ownerLimitMs = 5_000
const guesses = 1_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const floods: readonly (Pick<FloodPlan, 'kind' | 'sources'> & { name: string })[] = [
  { kind: 'tcp', sources: 1, name: 'connections that say nothing' },
  { kind: 'half', sources: 1, name: 'requests without an end' },
  { kind: 'upgrade', sources: 1, name: 'WebSockets that never log in' },
  { kind: 'upgrade', sources: 1_000, name: 'the same from 1,000 addresses' },
  { kind: 'wrong', sources: 1, name: 'HTTP requests with a wrong secret' },
]

console.log(`load before: ${loadavg()[0]?.toFixed(1)}`)
for (const flood of floods) await underFlood(flood)
await guessing()
await fuzzing()

async function underFlood({ name, ...flood }: (typeof floods)[number]): Promise<void> {
  await using gateway = await ready()
  const before = residentMb(gateway.pid)
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb(gateway.pid))
  }, 100)
  const attacker = await startFlood({ ...flood, port: gateway.port, perSecond, seconds })
  const tries: number[] = []
  while (attacker.isRunning()) {
    tries.push(await ownerConnects(gateway))
    await pause(ownerPauseMs)
  }
  clearInterval(watch)
  const { opened, seconds: took } = await attacker.result
  report(`A flood for ${seconds} s: ${name}`, [
    { name: 'opened', samples: [opened / took], unit: `of ${perSecond} a second` },
    { name: 'owner: connect to hello-ok', samples: tries, unit: 'ms' },
    { name: 'owner: the slowest', samples: [Math.max(...tries)], unit: 'ms', budget: 1_000 },
    { name: 'growth of the gateway, at most', samples: [peak - before], unit: 'MB', budget: 64 },
  ])
}

async function ready(): Promise<BenchGateway> {
  const gateway = await spawnGateway()
  const first = await BenchPeer.connectWhenUp(gateway)
  first.close()
  await pause(500)
  return gateway
}

async function startFlood(plan: FloodPlan) {
  const child = fork(new URL('support/flood.ts', import.meta.url))
  await once(child, 'message')
  let isRunning = true
  const result = once(child, 'message').then(([all]) => {
    isRunning = false
    return all as FloodResult
  })
  child.send(plan)
  return { result, isRunning: () => isRunning }
}

/** One attempt, without another after it. */
async function ownerConnects(gateway: BenchGateway): Promise<number> {
  const from = performance.now()
  const connected = BenchPeer.connect(gateway).then(
    (peer) => {
      peer.close()
      return performance.now() - from
    },
    () => Number.POSITIVE_INFINITY,
  )
  return await Promise.race([connected, pause(ownerLimitMs).then(() => Number.POSITIVE_INFINITY)])
}

/** A page of an origin that may connect, with a device of its own; a page of another origin is not even compared. */
async function guessing(): Promise<void> {
  await using gateway = await ready()
  const url = `ws://127.0.0.1:${gateway.port}`
  const origin = `http://127.0.0.1:${gateway.port}`
  const device = makeDevice()
  const outcomes: string[] = []
  const guess = async (i: number) => {
    using page = new RawClient(url, { headers: { origin } })
    const { nonce, ts } = await page.challenge()
    const params = connectParamsOf({
      nonce,
      signedAt: ts,
      device,
      auth: { token: `guess-${i}` },
      scopes: ['operator.read'],
    })
    const { ok, error } = await page.request('connect', params)
    outcomes.push(ok ? 'in' : /too many/i.test(error?.message ?? '') ? 'locked' : 'compared')
  }
  const from = performance.now()
  for (let i = 0; i < guesses; i += 10) await Promise.all(Array.from({ length: 10 }, (_, j) => guess(i + j)))
  const took = (performance.now() - from) / 1000
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length
  const figures: Figure[] = [
    { name: 'guesses', samples: [guesses / took], unit: 'a second' },
    { name: 'guesses that were compared with the secret', samples: [count('compared')], unit: '', budget: 20 },
    { name: 'guesses that got in', samples: [count('in')], unit: '', budget: 0 },
    {
      name: 'owner at the machine: connect to hello-ok',
      samples: [await ownerConnects(gateway)],
      unit: 'ms',
      budget: 1_000,
    },
  ]
  report(`A page that guesses the secret ${guesses} times`, figures)
}

/** Inputs a second, checked; the same that `test/fuzz` gives. */
async function fuzzing(): Promise<void> {
  const rate = async (fuzz: (what: Fuzzing) => void | Promise<void>, count: number, each = 1) => {
    const from = performance.now()
    await fuzz({ seed: 1, count })
    return [(count * each * 1000) / (performance.now() - from)]
  }
  report('Fuzzing, none of it throwing, hanging or unanswered', [
    { name: 'frames', samples: await rate(fuzzFrames, 20_000), unit: 'inputs/s' },
    { name: 'params of every method', samples: await rate(fuzzParams, 50, methodList.length), unit: 'inputs/s' },
    { name: 'configuration', samples: await rate(fuzzConfig, 1_000), unit: 'inputs/s' },
    { name: 'connections with whatever bytes', samples: await rate(fuzzHttp, 1_000), unit: 'inputs/s' },
  ])
}
