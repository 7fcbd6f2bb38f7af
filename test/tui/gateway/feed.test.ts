import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseServerFrame } from '../../../src/shared/protocol/frame.ts'
import { parseEvent } from '../../../src/shared/rpc/client.ts'
import { wholeVocabulary } from '../../../src/shared/rpc/whole-vocabulary.ts'
import { actionOf } from '../../../src/tui/gateway/feed.ts'
import { reduce } from '../../../src/tui/store/reduce.ts'
import { currentTranscript, initialState } from '../../../src/tui/store/state.ts'
import { visibleItems } from '../../../src/tui/store/transcript.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const wire = join(import.meta.dirname, '../../fixtures/wire')

/** Everything a recorded gateway said, in the store. */
function replay(file: string) {
  const lines = readFileSync(join(wire, file), 'utf8').trim().split('\n')
  const frames = lines.map((line) => JSON.parse(line) as { dir: string; frame: unknown })
  let state = initialState({ connection: scriptedGateway().gateway.view, sessionKey: 'main', columns: 80, rows: 24 })
  const seen: string[] = []
  for (const { dir, frame } of frames) {
    if (dir !== 'in') continue
    const parsed = parseServerFrame(JSON.stringify(frame))
    const event = parsed?.type === 'event' ? parseEvent(wholeVocabulary, parsed) : undefined
    const action = event && actionOf(event, 0)
    if (action) state = reduce(state, action)
    const last = visibleItems(currentTranscript(state), true).at(-1)
    if (last?.kind === 'reply' && seen.at(-1) !== last.text) seen.push(last.text)
  }
  return { items: visibleItems(currentTranscript(state), true), seen }
}

test.each(['v3/chat-stream.jsonl', 'v3/chat-send.jsonl', 'v4/chat-send.jsonl'])(
  '%s, as a real gateway sent it: the reply grows, never shrinks, and is there once',
  (file) => {
    const { items, seen } = replay(file)
    expect(items.map(({ kind }) => kind)).toEqual(['reply'])
    expect(items[0]).toMatchObject({ ending: 'done' })
    expect(seen.length).toBeGreaterThan(0)
    for (const [index, text] of seen.entries()) expect(text.startsWith((seen[index - 1] ?? '').trim())).toBe(true)
  },
)

const chat = (more: Record<string, unknown>) =>
  actionOf({ name: 'chat', seq: 1, payload: { runId: 'r', sessionKey: 'main', seq: 1, state: 'delta', ...more } }, 5)

test.each([
  ['a piece at its place', { deltaText: 'b', offset: 1 }, { type: 'text', text: 'b', offset: 1, replace: false }],
  [
    'the whole text so far',
    { message: { role: 'assistant', content: [{ type: 'text', text: 'ab' }] } },
    { type: 'text', text: 'ab', offset: 0, replace: false },
  ],
  ['a piece without place', { deltaText: 'b' }, { type: 'text', text: 'b', replace: false }],
  ['an end without text', { state: 'final' }, { type: 'ended', ending: 'done' }],
  ['an end at the output limit', { state: 'final', stopReason: 'length' }, { type: 'ended', ending: 'cut' }],
  ['a stop', { state: 'aborted', stopReason: 'rpc' }, { type: 'ended', ending: 'stopped' }],
  ['a failure', { state: 'error', errorMessage: 'no key' }, { type: 'ended', ending: 'failed', problem: 'no key' }],
])('chat: %s', (_, payload, news) => {
  expect(chat(payload)).toEqual({ type: 'run.news', key: 'agent:main:main', runId: 'r', at: 5, news })
})

test('states, streams and events that it does not know change nothing', () => {
  expect(chat({ state: 'status', phase: 'preparing_context' })).toBeUndefined()
  const agent = { runId: 'r', seq: 1, ts: 0, stream: 'weather', data: {} }
  expect(actionOf({ name: 'agent', seq: 1, payload: agent }, 0)).toBeUndefined()
  expect(actionOf({ name: 'tick', seq: 2, payload: { ts: 1 } }, 0)).toBeUndefined()
})
