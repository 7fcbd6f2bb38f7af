/** Streams to two clients of one gateway in this process: one whose line is cut again and again, and one that never left. */

import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunNews } from '../../src/server/bus.ts'
import { Home, type Observed, until } from '../client/support.ts'
import { type Chaos, ChaosProxy } from './chaos-proxy.ts'
import { newsOf, startTestGateway, testToken } from './gateway.ts'

export type CutStory = {
  cuts: number
  /** Hashes of what each client has seen: every event in its order, the words of each reply joined. */
  cut: string
  steady: string
  /** Words, tool events and endings seen by each: none missing, none twice. */
  counts: { cut: Counts; steady: Counts }
  attachments: Observed['attachments']
}
type Counts = { characters: number; others: number }

/** `chaos` says at which byte each connection of the one dies, given the bytes of a greeting; it streams until `cuts` have been made. */
export async function streamThroughCuts(
  cuts: number,
  chaos: (connection: number, greetingBytes: number) => Chaos,
): Promise<CutStory> {
  let port = 0
  await using proxy = await ChaosProxy.before(() => port)
  const allowedHosts = [new URL(proxy.url).host]
  await using gateway = await startTestGateway({ allowedHosts })
  port = gateway.server.port
  await using homes = new AsyncDisposableStack()
  const [left, stayed] = [homes.use(await Home.make()), homes.use(await Home.make())]
  await using steady = await stayed.connect(gateway.url, { token: testToken })
  await using cut = await left.connect(proxy.url, { token: testToken }, { random: () => 0 })
  await until(() => [cut, steady].every(({ connection }) => connection.view.phase === 'live'))
  const counts = { cut: countsOf(cut), steady: countsOf(steady) }
  const greetingBytes = proxy.bytes
  proxy.become((connection) => (proxy.cuts < cuts ? chaos(connection, greetingBytes) : {}))
  proxy.cut()
  for (let i = 0; proxy.cuts < cuts; i++) {
    for (const news of reply(i)) {
      gateway.publish(news)
      await inStep(counts, cut)
    }
  }
  const isOver = ({ events }: Observed) =>
    events.some(({ payload }) => (payload as { runId?: string }).runId === 'last')
  gateway.publish(newsOf('last').ended())
  await until(() => isOver(cut) && isOver(steady))
  return {
    cuts: proxy.cuts,
    cut: hashOf(cut),
    steady: hashOf(steady),
    counts,
    attachments: cut.attachments,
  }
}

/** Waits while the one whose line is cut is far behind: no faster than its connections carry it. */
async function inStep(counts: CutStory['counts'], { connection }: Observed): Promise<void> {
  do {
    await pause(1)
    if (connection.view.phase === 'failed') throw connection.view.fault
  } while (counts.steady.characters - counts.cut.characters > 150)
}

/** A short reply with a tool in its middle. */
function reply(i: number): RunNews[] {
  const run = newsOf(`run-${i}`)
  return [
    run.started(i),
    ...Array.from({ length: 6 }, (_, j) => run.text(`word-${i}-${j}${j % 3 === 2 ? ' 日本語 🙂\n' : ' '}`)),
    run.tool({ phase: 'start', toolCallId: `t${i}`, name: 'exec', args: {} }),
    run.text('and that is all'),
    run.ended(),
  ]
}

/** What a screen would have: the words of each reply joined where they were cut, everything else as it came. */
function transcriptOf({ events }: Observed): unknown[] {
  const transcript: unknown[] = []
  const texts = new Map<string, string>()
  for (const { name, payload } of events) {
    if (name !== 'chat' && name !== 'agent') continue
    if (name === 'chat' && payload.state === 'delta') {
      const before = payload.replace ? '' : (texts.get(payload.runId) ?? '')
      texts.set(payload.runId, before.slice(0, payload.offset) + payload.deltaText)
      if (before === '') transcript.push(['reply', payload.runId])
    } else transcript.push([name, { ...payload, seq: 0, ts: 0 }])
  }
  return [...transcript, ...texts]
}

function hashOf(seen: Observed): string {
  return createHash('sha256')
    .update(JSON.stringify(transcriptOf(seen)))
    .digest('hex')
}

/** Counts from now on. */
function countsOf({ connection }: Observed): Counts {
  const counts = { characters: 0, others: 0 }
  connection.events(({ name, payload }) => {
    if (name === 'chat' && payload.state === 'delta') counts.characters += payload.deltaText?.length ?? 0
    else if (name === 'chat' || name === 'agent') counts.others++
  })
  return counts
}
