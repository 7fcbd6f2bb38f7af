import { expect, test } from 'vitest'
import { type BurstState, emptyBurst, guardEnter, holdEnterMs } from '../../../src/tui/input/burst.ts'
import type { InputEvent } from '../../../src/tui/input/event.ts'

/** `a⏎b` → text, Enter, text. */
const typed = (text: string): InputEvent[] =>
  text
    .split(/(⏎)/)
    .filter(Boolean)
    .map((part) => (part === '⏎' ? { kind: 'key', key: 'enter' } : { kind: 'text', text: part }))

const spell = (events: InputEvent[]): string =>
  events
    .map((event) => (event.kind === 'text' ? event.text : event.kind === 'key' && event.key === 'enter' ? '⏎' : '⤶'))
    .join('')

/** Reads at times; null is the timeout. */
function play(reads: [text: string | null, nowMs: number][], start: BurstState = emptyBurst): string {
  let state = start
  let out = ''
  for (const [text, nowMs] of reads) {
    const step = guardEnter(state, text === null ? { kind: 'timeout' } : { kind: 'read', events: typed(text), nowMs })
    state = step.state
    out += `${spell(step.events)}|`
  }
  return out
}

test('Enter by itself passes at once', () =>
  expect(
    play([
      ['a', 0],
      ['⏎', 1],
    ]),
  ).toBe('a|⏎|'))
test('a line read whole by a stalled loop is sent, after a moment', () => {
  expect(
    play([
      ['hello⏎', 0],
      [null, 12],
    ]),
  ).toBe('hello|⏎|')
  expect(guardEnter(emptyBurst, { kind: 'read', events: typed('hello⏎'), nowMs: 0 }).state.waitMs).toBe(holdEnterMs)
})
test('line ends of a paste without brackets send nothing', () => expect(play([['one⏎two⏎', 0]])).toBe('one⤶two⤶|'))
test('nor do those of its next reads', () =>
  expect(
    play([
      ['one⏎two', 0],
      ['⏎three⏎', 20],
    ]),
  ).toBe('one⤶two|⤶three⤶|'))
test('nor where the paste was cut after a line end', () =>
  expect(
    play([
      ['one⏎', 0],
      ['two⏎', 5],
    ]),
  ).toBe('one|⤶two⤶|'))
test('Enter a while after a paste sends it', () =>
  expect(
    play([
      ['one⏎two', 0],
      ['⏎', 200],
    ]),
  ).toBe('one⤶two|⏎|'))
test('a terminal that brackets its pastes is believed', () => {
  const { state } = guardEnter(emptyBurst, {
    kind: 'read',
    events: [{ kind: 'paste', text: 'x', isWhole: true }],
    nowMs: 0,
  })
  expect(play([['one⏎two⏎', 1]], state)).toBe('one⏎two⏎|')
})
