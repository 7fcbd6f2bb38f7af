import { expect, test } from 'vitest'
import { createAsk } from '../../../src/server/agents/ask.ts'
import { createBus, type News } from '../../../src/server/bus.ts'
import type { Runs, StartRequest } from '../../../src/server/runs/runs.ts'
import { ManualClock } from '../../support/clock.ts'
import { newsOf } from '../../support/gateway.ts'

const question = { sessionKey: 'main', agentId: 'main', text: 'hi', messages: [], onText: () => {} }

/** Runs that only note what they are asked; the test tells their news. */
function setup(start: (request: StartRequest) => void = () => {}) {
  const bus = createBus(() => {})
  const started: string[] = []
  const aborted: string[] = []
  const runs = {
    async start(request: StartRequest) {
      start(request)
      started.push(request.runId)
    },
    wait: async () => undefined,
    abort: (_key: string, runId: string) => aborted.push(runId),
  } as unknown as Runs
  let listeners = 0
  const subscribe: typeof bus.subscribe = (listener) => {
    listeners++
    const stop = bus.subscribe(listener)
    return () => {
      listeners--
      stop()
    }
  }
  const ask = createAsk({ runs, bus: { ...bus, subscribe }, clock: new ManualClock() })
  return { ask, started, aborted, listeners: () => listeners, publish: (news: News) => bus.publish(news) }
}

test('whoever has left before the question begins starts no run', async () => {
  const { ask, started, listeners } = setup()
  await expect(ask({ ...question, signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow('left')
  expect([started, listeners()]).toEqual([[], 0])
})

test('a run that cannot start leaves no listener behind', async () => {
  const { ask, listeners } = setup(() => {
    throw new Error('the disk is full')
  })
  await expect(ask({ ...question, signal: new AbortController().signal })).rejects.toThrow('the disk is full')
  expect(listeners()).toBe(0)
})

test('its text comes as it is written, and leaving stops the run', async () => {
  const { ask, started, aborted, listeners, publish } = setup()
  const leaving = new AbortController()
  const pieces: string[] = []
  const answer = ask({ ...question, signal: leaving.signal, onText: (piece) => pieces.push(piece) })
  const run = newsOf(started[0] ?? '')
  const other = newsOf('another run')
  for (const news of [run.started(), run.text('Hel'), other.text('no'), run.text('lo'), run.ended()]) publish(news)
  expect(await answer).toEqual({ text: 'Hello', stopReason: 'stop' })
  expect([pieces, listeners()]).toEqual([['Hel', 'lo'], 0])

  const second = ask({ ...question, signal: leaving.signal })
  leaving.abort()
  expect(aborted).toEqual([started[1]])
  publish(newsOf(started[1] ?? '').ended({ state: 'aborted' }))
  await expect(second).rejects.toThrow('stopped')
})
