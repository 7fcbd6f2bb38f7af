import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChatFeed } from '../../../../src/server/gateway/outlet/chat-feed.ts'
import { Hub } from '../../../../src/server/gateway/outlet/hub.ts'
import { outgoing } from '../../../../src/server/gateway/outlet/outgoing.ts'
import { highWaterBytes, SendQueue } from '../../../../src/server/gateway/outlet/send-queue.ts'
import { ManualClock } from '../../../support/clock.ts'
import { newsOf } from '../../../support/gateway.ts'
import { peerWith } from '../../../support/peer.ts'
import { runs } from '../../../support/runs.ts'

type Frame = { event: string; seq: number; payload: Record<string, unknown> }

const device = { deviceId: 'd1', caps: ['reattach', 'tool-events'] }

/** A gateway's outlet, and connections that can be cut at any frame. */
function outlet() {
  const clock = new ManualClock()
  const hub = new Hub(clock)
  const feed = new ChatFeed({
    clock,
    emit: (item) => hub.broadcast(item),
    wants: (dialect) => hub.wants(dialect),
    isVerbose: () => false,
  })
  const connect = (more: Parameters<typeof peerWith>[0] = device) => {
    const peer = peerWith(more)
    const frames: Frame[] = []
    let buffered = 0
    const queue = new SendQueue({
      sink: { send: (text) => frames.push(JSON.parse(text) as Frame), bufferedBytes: () => buffered },
      onOverflow: () => {},
      onSequenced: (_, position) => hub.sequenced(peer.connId, position),
    })
    hub.join({ peer, push: (item, position) => queue.push(item, position) })
    return {
      peer,
      frames,
      stall: () => {
        buffered = highWaterBytes
      },
      flow: () => {
        buffered = 0
        queue.drained()
      },
      resume: (from?: { connId: string; seq: number }) => hub.resume(peer.connId, from),
      cut: () => {
        queue.close()
        hub.leave(peer.connId)
      },
    }
  }
  return { clock, hub, feed, connect }
}

describe('holding', () => {
  test('a peer that can reattach hears nothing until it asks, then everything since its hello', () => {
    const { feed, connect } = outlet()
    const run = newsOf('k1')
    feed.hear(run.started())
    const peer = connect()
    feed.hear(run.text('hello'))
    expect(peer.frames).toEqual([])
    expect(peer.resume()).toEqual({ status: 'fresh', replayed: 1 })
    expect(peer.frames).toMatchObject([{ event: 'chat', seq: 1, payload: { deltaText: 'hello' } }])
    feed.hear(run.ended())
    expect(peer.frames.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  test('one that never asks hears everything after five seconds', () => {
    const { clock, feed, connect } = outlet()
    const peer = connect()
    feed.hear(newsOf('k1').ended())
    clock.advance(4999)
    expect(peer.frames).toEqual([])
    clock.advance(1)
    expect(peer.frames).toHaveLength(1)
    expect(peer.resume({ connId: 'x', seq: 1 })).toEqual({ status: 'lost', replayed: 0 })
  })
})

describe('resuming', () => {
  /** A peer that saw the start of a run and was cut; the run went on. */
  function cutAfterFirst(more: Parameters<typeof peerWith>[0] = device) {
    const setup = outlet()
    const first = setup.connect(more)
    first.resume()
    const run = newsOf('k1')
    setup.feed.hear(run.text('one '))
    first.cut()
    setup.clock.advance(100)
    setup.feed.hear(run.text('two'))
    setup.feed.hear(run.ended())
    return { ...setup, from: { connId: first.peer.connId, seq: 1 } }
  }

  test('exactly what was missed is sent, once, numbered anew', () => {
    const { connect, from } = cutAfterFirst()
    const second = connect()
    expect(second.resume(from)).toEqual({ status: 'resumed', replayed: 2 })
    expect(second.frames.map(({ seq, payload }) => [seq, payload.deltaText ?? payload.state])).toEqual([
      [1, 'two'],
      [2, 'final'],
    ])
  })

  test('a connection still thought open can be resumed too, and a resumed one again', () => {
    const { feed, connect } = outlet()
    const first = connect()
    first.resume()
    feed.hear(newsOf('k1').ended())
    const second = connect()
    expect(second.resume({ connId: first.peer.connId, seq: 0 })).toMatchObject({ status: 'resumed', replayed: 1 })
    const third = connect()
    expect(third.resume({ connId: second.peer.connId, seq: 0 })).toMatchObject({ status: 'resumed', replayed: 1 })
    expect(connect().resume({ connId: second.peer.connId, seq: 1 })).toMatchObject({ status: 'resumed', replayed: 0 })
  })

  test.each([
    ['another device', { deviceId: 'd2' }],
    ['the same device as a node', { deviceId: 'd1', role: 'node' as const }],
    ['the shared secret without a device', { deviceId: undefined }],
  ])('%s cannot take over a connection', (_, other) => {
    const { connect, from } = cutAfterFirst()
    const { deviceId, ...rest } = { ...device, ...other }
    const stranger = connect({ ...rest, ...(deviceId !== undefined && { deviceId }) })
    expect(stranger.resume(from)).toEqual({ status: 'lost', replayed: 0 })
  })

  test('a peer with fewer scopes than before gets only what it may hear now', () => {
    const { connect, from } = cutAfterFirst()
    const narrower = connect({ ...device, scopes: ['operator.pairing'] })
    expect(narrower.resume(from)).toEqual({ status: 'resumed', replayed: 0 })
  })

  test.each([
    ['a connection nobody had', { connId: 'nobody', seq: 1 }],
    ['a number never given', { seq: 99 }],
  ])('%s is lost', (_, wrong) => {
    const { connect, from } = cutAfterFirst()
    expect(connect().resume({ ...from, ...wrong })).toMatchObject({ status: 'lost' })
  })

  test('after ten minutes it is lost', () => {
    const { clock, connect, from } = cutAfterFirst()
    clock.advance(10 * 60_000 + 1)
    expect(connect().resume(from)).toMatchObject({ status: 'lost' })
  })

  test('when more has happened than is kept it is lost, and memory stays bounded', () => {
    const { hub, connect, from } = cutAfterFirst()
    for (let i = 0; i < 200; i++) hub.broadcast(outgoing({ event: 'agent', payload: { text: 'x'.repeat(50_000) } }))
    expect(connect().resume(from)).toMatchObject({ status: 'lost' })
  })

  test('ticks, health and presence are not repeated: the hello has told the state', () => {
    const { hub, connect, from } = cutAfterFirst()
    for (const event of ['tick', 'health', 'presence'] as const) hub.broadcast(outgoing({ event, payload: {} }))
    expect(connect().resume(from)).toMatchObject({ replayed: 2 })
  })
})

/** What a client of ours does with events: trims deltas by offset, keeps the rest. */
class Reader {
  readonly texts = new Map<string, string>()
  readonly others: string[] = []
  position: { connId: string; seq: number } | undefined

  take(connId: string, { seq, event, payload }: Frame): void {
    expect(seq).toBe(this.position?.connId === connId ? this.position.seq + 1 : 1)
    this.position = { connId, seq }
    if (event !== 'chat' || payload.state !== 'delta') {
      this.others.push(`${event} ${payload.stream ?? payload.state} ${payload.runId} ${payload.seq}`)
      return
    }
    const runId = String(payload.runId)
    const known = this.texts.get(runId) ?? ''
    const offset = Number(payload.offset)
    expect(offset).toBeLessThanOrEqual(known.length)
    this.texts.set(runId, known + String(payload.deltaText).slice(known.length - offset))
  }
}

test('cut at any frame, any number of times, with any reader speed: zero lost, zero doubled, the text equal', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('text' as const),
        run: fc.nat(2),
        piece: fc.string({ minLength: 1, maxLength: 6 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('tool' as const), run: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('stall' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flow' as const) }) },
    /** The client had read all but `unread` of the frames that were sent when the socket broke. */
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('cut' as const), unread: fc.nat(5), isNoticed: fc.boolean() }),
    },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { clock, hub, feed, connect } = outlet()
      const reader = new Reader()
      const witness = connect()
      witness.resume()
      let current = connect()
      current.resume()
      let read = 0
      const catchUp = (count: number) => {
        for (const frame of current.frames.slice(read, count)) reader.take(current.peer.connId, frame)
        read = Math.max(read, count)
      }
      const runs = [0, 1, 2].map((i) => newsOf(`k${i}`))
      for (const each of steps) {
        if (each.kind === 'text') feed.hear((runs[each.run] as (typeof runs)[0]).text(each.piece))
        else if (each.kind === 'tool')
          feed.hear((runs[each.run] as (typeof runs)[0]).tool({ phase: 'start', toolCallId: 't' }))
        else if (each.kind === 'wait') clock.advance(each.ms)
        else if (each.kind === 'tick') hub.broadcast(outgoing({ event: 'tick', payload: {} }))
        else if (each.kind === 'stall') current.stall()
        else if (each.kind === 'flow') current.flow()
        else {
          catchUp(Math.max(read, current.frames.length - each.unread))
          const old = current
          if (each.isNoticed) old.cut()
          current = connect()
          read = 0
          const from = reader.position ?? { connId: old.peer.connId, seq: 0 }
          expect(current.resume(from).status).toBe('resumed')
          if (!each.isNoticed) old.cut()
        }
      }
      for (const run of runs) feed.hear(run.ended())
      clock.advance(1000)
      current.flow()
      catchUp(current.frames.length)

      const expected = new Reader()
      for (const frame of witness.frames) expected.take(witness.peer.connId, frame)
      expect([...reader.texts].sort()).toEqual([...expected.texts].sort())
      const told = (others: string[]) => others.filter((line) => !line.startsWith('tick'))
      expect(told(reader.others)).toEqual(told(expected.others))
    }),
    { numRuns: runs(1000) },
  )
})

test('what is addressed to one connection reaches it before it asks for what it missed: it is in no ring', () => {
  const { hub, connect } = outlet()
  const [held, other] = [connect(), connect()]
  const payload = { id: 'i', nodeId: 'n', command: 'c', paramsJSON: null, timeoutMs: 1, idempotencyKey: 'k' }
  hub.broadcast(outgoing({ event: 'node.invoke.request', payload, onlyTo: held.peer.connId }))
  expect(held.frames.map(({ event }) => event)).toEqual(['node.invoke.request'])
  held.resume()
  expect([held.frames.length, other.frames.length]).toEqual([1, 0])
})
