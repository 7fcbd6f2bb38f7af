import { expect, test } from 'vitest'
import type { ModelRef } from '../../../src/server/providers/model-name.ts'
import type { Chunk, Provider } from '../../../src/server/providers/provider.ts'
import { createModelStream, type ModelRequest } from '../../../src/server/providers/stream.ts'
import type { ModelStream } from '../../../src/server/runs/run.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { ask, collect, textOf } from '../../contract/provider.ts'
import { ManualClock } from '../../support/clock.ts'
import { calls, type Reply, scriptedProvider } from '../../support/scripted-provider.ts'

const busy = new Fault('provider.unavailable', 'A failed (500).', { retryable: true, remedy: 'Wait.' })
const thought: Chunk = { type: 'thinking', text: 'Hm' }
const refused = new Fault('provider.unauthorized', 'B refused the key (401).', { remedy: 'Set a key.' })

function setUp(...providers: Provider[]) {
  const clock = new ManualClock()
  const answering: string[] = []
  const stop = new AbortController()
  const table = new Map(providers.map((provider) => [provider.id, provider]))
  const stream: ModelStream = createModelStream({ providers: () => table, clock, random: () => 0.5 })
  const run = (...models: string[]) => runWith(true, ...models)
  const runWith = (mustAnswer: boolean, ...models: string[]) => {
    const { model: _, ...request } = ask('', 'hello')
    const asked: ModelRequest = { ...request, models }
    const onModel = (ref: ModelRef) => void answering.push(`${ref.provider}:${ref.model}`)
    return stream(asked, { signal: stop.signal, onModel, mustAnswer })
  }
  return { clock, answering, stop, run, runWith }
}

/** Lets the stream run until it waits, then moves the clock past any backoff. */
async function passTime(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 50 && clock.waiting === 0; turn++) await Promise.resolve()
  clock.advance(10_000)
}

test('the first model answers and is named before its first chunk', async () => {
  const { run, answering } = setUp(scriptedProvider([['hi']], { id: 'a' }))
  for await (const _ of run('a:large', 'a:small')) {
    expect(answering).toEqual(['a:large'])
    break
  }
})

test('a passing failure is tried again after a wait, with the same request', async () => {
  const provider = scriptedProvider([[busy], ['hi']], { id: 'a' })
  const { run, clock } = setUp(provider)
  const reading = collect(run('a:m'))
  await passTime(clock)
  expect(textOf(await reading)).toBe('hi')
  expect(provider.requests[0]).toEqual(provider.requests[1])
})

test('when a model cannot answer the next one does', async () => {
  const { run, answering } = setUp(scriptedProvider([[refused]], { id: 'b' }), scriptedProvider([['hi']], { id: 'c' }))
  expect(textOf(await collect(run('b:m', 'c:m')))).toBe('hi')
  expect(answering).toEqual(['c:m'])
})

test('a model that says nothing is a failure at once, and the next one answers; where nothing need be said it may be silent', async () => {
  for (const silence of [[], [' \n'], [thought], [{ type: 'end', stopReason: 'length' }]] satisfies Reply[]) {
    const silent = scriptedProvider([silence], { id: 'a' })
    const { run, runWith, answering } = setUp(silent, scriptedProvider([['hi']], { id: 'c' }))
    expect(textOf(await collect(run('a:m', 'c:m'))).trim()).toBe('hi')
    expect([answering, silent.requests.length]).toEqual([['a:m', 'c:m'], 1])
    expect(textOf(await collect(runWith(false, 'a:m', 'c:m'))).trim()).toBe('')
  }
})

test('when none says anything each is told', async () => {
  const { run } = setUp(scriptedProvider([[]], { id: 'a' }), scriptedProvider([[thought]], { id: 'c' }))
  await expect(collect(run('a:m', 'c:m'))).rejects.toMatchObject({
    code: 'provider.malformed',
    message: 'a/m sent an empty answer. Then: c/m sent an empty answer.',
    remedy: 'Send it again, or choose another model with /model.',
  })
})

test('a call of a tool is an answer', async () => {
  const { run } = setUp(scriptedProvider([[calls('look', {})]], { id: 'a' }))
  expect(await collect(run('a:m'))).toMatchObject([{ type: 'toolCall' }, { type: 'end' }])
})

test('once text was seen a failure is final, so that nothing is said twice', async () => {
  const first = scriptedProvider([['half an', busy]], { id: 'a' })
  const { run } = setUp(first, scriptedProvider([['other']], { id: 'c' }))
  await expect(collect(run('a:m', 'c:m'))).rejects.toBe(busy)
  expect(first.requests).toHaveLength(1)
})

test('when every model fails each is told, with the remedy for the one that was wanted', async () => {
  const gone = new Fault('provider.unknown-model', 'C does not know it (404).')
  const { run } = setUp(scriptedProvider([[refused]], { id: 'b' }), scriptedProvider([[gone]], { id: 'c' }))
  await expect(collect(run('b:m', 'c:m'))).rejects.toMatchObject({
    code: 'provider.unauthorized',
    message: 'B refused the key (401). Then: C does not know it (404).',
    remedy: 'Set a key.',
  })
})

test('a name that means nothing falls back as well', async () => {
  const { run, answering } = setUp(scriptedProvider([['hi']], { id: 'c' }))
  expect(textOf(await collect(run('nobody:m', 'c:m')))).toBe('hi')
  expect(answering).toEqual(['c:m'])
})

test('stopping while it waits for the next try ends at once', async () => {
  const { run, clock, stop } = setUp(scriptedProvider([[busy]], { id: 'a' }))
  const reading = collect(run('a:m'))
  for (let turn = 0; turn < 50 && clock.waiting === 0; turn++) await Promise.resolve()
  const reason = new Error('stop')
  stop.abort(reason)
  await expect(reading).rejects.toBe(reason)
  expect(clock.waiting).toBe(0)
})
