import { expect, test } from 'vitest'
import { readHello, refusalFault, refusalOf } from '../../src/client/handshake.ts'
import { EventFlow } from '../../src/client/reattach.ts'
import { Fault } from '../../src/shared/fault.ts'
import { eventTable } from '../../src/shared/protocol/table.ts'
import { type GatewayEvent, parseResult, RpcClient } from '../../src/shared/rpc/client.ts'
import { wholeVocabulary } from '../../src/shared/rpc/whole-vocabulary.ts'
import { ManualClock } from '../support/clock.ts'
import { recording, recordings } from '../support/wire.ts'

/** Plays a recording to our client: it asks what was asked, and hears what was answered. */
async function replay(file: string) {
  const ids = new Map<string, string>()
  let lastId = ''
  const client = new RpcClient({
    clock: new ManualClock(),
    vocabulary: wholeVocabulary,
    send: (text) => {
      lastId = JSON.parse(text).id
    },
  })
  const events: GatewayEvent[] = []
  client.events((event) => events.push(event))
  const outcomes: { method: string; outcome: unknown }[] = []
  const names: string[] = []
  const waiting: Promise<unknown>[] = []
  for (const line of recording(file)) {
    if (line.dir === 'out' && typeof line.frame !== 'string') {
      const { id, method, params } = line.frame
      const answer = client.request(method, params).catch((error: unknown) => error)
      waiting.push(answer.then((outcome) => outcomes.push({ method, outcome })))
      ids.set(id, lastId)
    }
    if (line.dir !== 'in') continue
    const id = line.frame.id === undefined ? {} : { id: ids.get(line.frame.id) ?? line.frame.id }
    expect(client.receive(JSON.stringify({ ...line.frame, ...id }))).toBeDefined()
    if (line.frame.event !== undefined) names.push(line.frame.event)
  }
  client.end(new Fault('client.closed', 'the recording is over'))
  await Promise.all(waiting)
  return { outcomes, events, names }
}

test('there are recordings of both protocols', () => {
  expect(recordings.filter((file) => file.startsWith('v3')).length).toBeGreaterThan(15)
  expect(recordings.filter((file) => file.startsWith('v4')).length).toBeGreaterThan(5)
})

test.each(recordings)('%s: every answer is understood, every known event is heard', async (file) => {
  const { outcomes, events, names } = await replay(file)
  for (const { method, outcome } of outcomes) {
    if (outcome instanceof Fault) {
      expect(['client.call-failed', 'client.closed']).toContain(outcome.code)
      const refusal = method === 'connect' ? refusalOf(outcome) : undefined
      if (refusal) expect(refusalFault(refusal, 'ws://x').code).toMatch(/unauthorized|protocol-mismatch/)
    } else if (method === 'connect') expect(readHello(outcome, 'ws://x').protocol).toBe(Number(file[1]))
    else expect(parseResult(wholeVocabulary, method, outcome)).toBeDefined()
  }
  expect(events.map(({ name }) => name)).toEqual(names.filter((name) => eventTable.has(name)))
})

test.each(recordings.filter((file) => /chat-(send|stream)/.test(file)))(
  '%s: the text that streams in ends as the text of the answer',
  async (file) => {
    const { events } = await replay(file)
    const flow = new EventFlow()
    flow.attached(undefined)
    let text = ''
    let final: unknown
    for (const event of events) {
      const seen = flow.accept(event).event
      if (seen?.name !== 'chat') continue
      const { state, offset = 0, deltaText = '', replace, message } = seen.payload
      if (state === 'delta') text = replace ? deltaText : text.slice(0, offset) + deltaText
      else if (state === 'final') final = message
    }
    expect(text).not.toBe('')
    expect(JSON.stringify(final)).toContain(JSON.stringify(text.trim()).slice(1, -1))
  },
)
