import { expect, test } from 'vitest'
import { ChatFeed } from '../../../../src/server/gateway/outlet/chat-feed.ts'
import type { Outgoing } from '../../../../src/server/gateway/outlet/outgoing.ts'
import { ManualClock } from '../../../support/clock.ts'
import { newsOf } from '../../../support/gateway.ts'
import { peerWith } from '../../../support/peer.ts'

const v3 = peerWith({ protocol: 3 })
const v3Tools = peerWith({ protocol: 3, caps: ['tool-events'] })
const v4 = peerWith({ protocol: 4 })
const v4Tools = peerWith({ protocol: 4, caps: ['tool-events'] })
const ours = peerWith({ protocol: 4, caps: ['tool-events', 'reattach'] })

function feedOn({ isVerbose = false } = {}) {
  const clock = new ManualClock()
  const items: { at: number; item: Outgoing }[] = []
  const feed = new ChatFeed({
    clock,
    emit: (item) => items.push({ at: clock.monotonic(), item }),
    wants: () => true,
    isVerbose: () => isVerbose,
  })
  /** What a peer was sent: `time event payload`. */
  const heard = (peer: typeof v3) =>
    items
      .filter(({ item }) => item.mayReach(peer))
      .map(({ at, item }) => ({ at, event: item.event, ...(JSON.parse(item.json) as Record<string, unknown>) }))
  const line = (peer: typeof v3) =>
    heard(peer).map(({ at, event, state, stream, deltaText, message, data }: Record<string, unknown>) => {
      const { phase, delta } = (data ?? {}) as { phase?: string; delta?: string }
      const text = (message as { content: { text: string }[] } | undefined)?.content[0]?.text
      return [at, event, state ?? stream, phase ?? delta ?? deltaText, text]
        .filter((part) => part !== undefined)
        .join(' ')
    })
  return { clock, feed, heard, line }
}

/** One word every 20 ms. */
function stream({ clock, feed }: ReturnType<typeof feedOn>, words: string[]) {
  const run = newsOf('k1')
  feed.hear(run.started())
  for (const word of words) {
    feed.hear(run.text(word))
    clock.advance(20)
  }
  feed.hear(run.ended())
  clock.advance(1000)
}

test('each dialect hears the first word at once and the rest at its own pace', () => {
  const setup = feedOn()
  stream(setup, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'])
  expect(setup.line(v3)).toEqual([
    '0 agent lifecycle start',
    '0 agent assistant a',
    '0 chat delta a',
    '150 agent assistant bcdefgh',
    '150 chat delta abcdefgh',
    '200 agent lifecycle end',
    '200 chat final abcdefghij',
  ])
  expect(setup.line(v4)).toEqual([
    '0 agent lifecycle start',
    '0 agent assistant a',
    '0 chat delta a a',
    '75 agent assistant bcd',
    '75 chat delta bcd abcd',
    '150 agent assistant efgh',
    '150 chat delta efgh abcdefgh',
    '200 agent assistant ij',
    '200 chat delta ij abcdefghij',
    '200 agent lifecycle end',
    '200 chat final abcdefghij',
  ])
  expect(setup.line(ours).slice(0, 4)).toEqual([
    '0 agent lifecycle start',
    '0 chat delta a',
    '20 chat delta b',
    '40 chat delta c',
  ])
  expect(setup.line(ours).slice(-2)).toEqual(['200 agent lifecycle end', '200 chat final abcdefghij'])
})

test('a flood of 5,000 words costs each client well under 1 MB, whatever its dialect and however slow the model', () => {
  for (const gapMs of [0, 0.2, 2]) {
    const setup = feedOn()
    const run = newsOf('k1')
    for (let i = 0; i < 5000; i++) {
      setup.feed.hear(run.text('word '))
      setup.clock.advance(gapMs)
    }
    setup.feed.hear(run.ended())
    for (const peer of [v3, v4, ours]) {
      const bytes = setup.heard(peer).reduce((sum, frame) => sum + JSON.stringify(frame).length, 0)
      expect(bytes).toBeLessThan(1_000_000)
    }
  }
})

test('our deltas join without a hole, and carry no whole text', () => {
  const setup = feedOn()
  stream(setup, ['one ', 'two ', 'three'])
  const deltas = setup.heard(ours).filter(({ state }: Record<string, unknown>) => state === 'delta')
  let text = ''
  for (const delta of deltas as unknown as { offset: number; deltaText: string; message?: unknown }[]) {
    expect(delta.offset).toBe(text.length)
    expect(delta.message).toBeUndefined()
    text += delta.deltaText
  }
  expect(text).toBe('one two three')
})

test('tools are told to those who asked: by cap, or in protocol 3 by the session being verbose', () => {
  const run = newsOf('k1')
  const tellTool = (isVerbose: boolean) => {
    const setup = feedOn({ isVerbose })
    setup.feed.hear(run.started())
    setup.feed.hear(run.tool({ phase: 'start', name: 'exec', toolCallId: 't1', args: {} }))
    return [v3, v3Tools, v4, v4Tools, ours].map((peer) => setup.line(peer).includes('0 agent tool start'))
  }
  expect(tellTool(false)).toEqual([false, true, false, true, true])
  expect(tellTool(true)).toEqual([true, true, false, true, true])
})

test('text said before a tool starts is told before it', () => {
  const setup = feedOn()
  const run = newsOf('k1')
  for (const news of [run.text('a'), run.text('b'), run.tool({ phase: 'start', toolCallId: 't' }), run.text('c')]) {
    setup.feed.hear(news)
  }
  setup.clock.advance(1000)
  expect(setup.line(ours)).toEqual(['0 chat delta a', '0 chat delta b', '0 agent tool start', '16 chat delta c'])
  expect(setup.line(v4Tools).slice(0, 5)).toEqual([
    '0 agent assistant a',
    '0 chat delta a a',
    '0 agent assistant b',
    '0 chat delta b ab',
    '0 agent tool start',
  ])
})

test('thinking goes to protocol 4 in pieces with their place, before the text that follows', () => {
  const setup = feedOn()
  const run = newsOf('k1')
  for (const news of [run.thinking(0, 'hm'), run.thinking(2, ' so'), run.text('Yes')]) setup.feed.hear(news)
  expect(setup.line(ours)).toEqual(['0 agent thinking hm', '0 agent thinking  so', '0 chat delta Yes'])
  expect(setup.heard(ours)[1]).toMatchObject({ data: { offset: 2, delta: ' so' } })
  expect(setup.line(v3).join()).not.toContain('thinking')
})

test('an abort has no lifecycle and carries its reason; the run number moves on by one', () => {
  const setup = feedOn()
  const run = newsOf('k1', 'main')
  for (const news of [run.started(), run.text('half'), run.ended({ state: 'aborted', stopReason: 'rpc' })])
    setup.feed.hear(news)
  const frames = setup.heard(v3)
  expect(frames.at(-1)).toMatchObject({
    event: 'chat',
    state: 'aborted',
    stopReason: 'rpc',
    seq: 3,
    sessionKey: 'main',
  })
  expect(frames.at(-1)).not.toHaveProperty('message')
  expect(setup.line(v3).join()).not.toContain('lifecycle end')
  expect(setup.heard(v4).at(-1)).toMatchObject({ message: { content: [{ text: 'half' }] } })
})

test('a failure ends the lifecycle with its sentence, then the chat', () => {
  const setup = feedOn()
  const run = newsOf('k1')
  for (const news of [run.started(), run.ended({ state: 'error', errorMessage: 'No key. Set one.' })])
    setup.feed.hear(news)
  for (const peer of [v3, v4, ours]) {
    expect(setup.heard(peer).slice(1)).toMatchObject([
      { event: 'agent', stream: 'lifecycle', data: { phase: 'error', error: 'No key. Set one.' } },
      { event: 'chat', state: 'error', errorMessage: 'No key. Set one.' },
    ])
  }
})

test('a reply no model wrote is a single final; one without text has no message', () => {
  const setup = feedOn()
  const { message } = newsOf('x').ended() as { message: object }
  const injected = { ...message, content: [{ type: 'text', text: 'status: fine' }], stopReason: 'injected' }
  setup.feed.hear(newsOf('k1').ended({ message: injected as never }))
  setup.feed.hear(newsOf('k2').ended())
  const [first, second] = setup.heard(v3)
  expect(setup.heard(v3)).toHaveLength(2)
  expect(first).toMatchObject({
    state: 'final',
    seq: 1,
    message: { stopReason: 'injected', content: [{ text: 'status: fine' }] },
  })
  expect(second).not.toHaveProperty('message')
})

test('what is being written can be joined in the middle, and is forgotten at its end', () => {
  const setup = feedOn()
  const run = newsOf('k1')
  for (const news of [run.started(5), run.thinking(0, 'hm'), run.text('so far')]) setup.feed.hear(news)
  expect(setup.feed.runs()).toEqual([
    { runId: 'k1', sessionKey: 'agent:main:main', text: 'so far', thinking: 'hm', startedAt: 5 },
  ])
  setup.feed.hear(run.ended())
  expect(setup.feed.runs()).toEqual([])
})
