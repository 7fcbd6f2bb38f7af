import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InputEvent } from '../../../src/tui/input/event.ts'
import { emptyTokenizer, maxStringBytes, tokenize, waits } from '../../../src/tui/input/tokenizer.ts'
import { runs } from '../../support/runs.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** All events of these reads, a timeout after the last, neighbouring text joined. */
function read(...chunks: (string | Uint8Array)[]): InputEvent[] {
  const events: InputEvent[] = []
  let state = emptyTokenizer
  for (const chunk of chunks) {
    const step = tokenize(state, { kind: 'bytes', bytes: typeof chunk === 'string' ? encode(chunk) : chunk })
    state = step.state
    events.push(...step.events)
  }
  if (state.waitMs !== undefined) events.push(...tokenize(state, { kind: 'timeout' }).events)
  return joinText(events)
}

function joinText(events: InputEvent[]): InputEvent[] {
  const joined: InputEvent[] = []
  for (const event of events) {
    const last = joined.at(-1)
    if (event.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { ...last, text: last.text + event.text }
    else joined.push(event)
  }
  return joined
}

/** Keys as their names, text in quotes. */
const names = (bytes: string): string =>
  read(bytes)
    .map((event) => (event.kind === 'key' ? event.key : event.kind === 'text' ? `'${event.text}'` : event.kind))
    .join(' ')

describe('a key has the same name however the terminal spells it', () => {
  const cases: [bytes: string, expected: string][] = [
    ['a', "'a'"],
    ['日本語', "'日本語'"],
    ['\r', 'enter'],
    ['\n', 'ctrl+j'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\x08', 'ctrl+h'],
    ['\x00', 'ctrl+space'],
    ['\x0b', 'ctrl+k'],
    ['\x1f', 'ctrl+_'],
    ['\x1b', 'escape'],
    ['\x1b\x1b', 'escape escape'],
    ['\x1bb', 'alt+b'],
    ['\x1bB', 'alt+shift+b'],
    ['\x1b\r', 'alt+enter'],
    ['\x1b\x7f', 'alt+backspace'],
    ['\x1bé', 'alt+é'],
    ['\x1b[', 'alt+['],
    ['\x1bO', 'alt+shift+o'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b\x1b[A', 'alt+up'],
    ['\x1b[1;5C', 'ctrl+right'],
    ['\x1b[1;3D', 'alt+left'],
    ['\x1b[1;6A', 'ctrl+shift+up'],
    ['\x1bO5D', 'ctrl+left'],
    ['\x1b[Z', 'shift+tab'],
    ['\x1b[H', 'home'],
    ['\x1b[1~', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b[3~', 'delete'],
    ['\x1b[3;5~', 'ctrl+delete'],
    ['\x1b[3^', 'ctrl+delete'],
    ['\x1b[5~', 'pageup'],
    ['\x1bOP', 'f1'],
    ['\x1b[11~', 'f1'],
    ['\x1b[[A', 'f1'],
    ['\x1b[1;2R', 'shift+f3'],
    ['\x1b[15~', 'f5'],
    ['\x1b[24;2~', 'shift+f12'],
    ['\x1b[a', 'shift+up'],
    ['\x1bOM', 'enter'],
    ['\x1bOq', "'1'"],
    ['\x1b[13;2u', 'shift+enter'],
    ['\x1b[27;2;13~', 'shift+enter'],
    ['\x1b[13;5u', 'ctrl+enter'],
    ['\x1b[27u', 'escape'],
    ['\x1b[107;5u', 'ctrl+k'],
    ['\x1b[107:75;6u', 'ctrl+shift+k'],
    ['\x1b[27;5;107~', 'ctrl+k'],
    ['\x1b[1089::99;5u', 'ctrl+c'],
    ['\x1b[97;9u', 'super+a'],
    ['\x1b[47:63;6u', 'ctrl+?'],
    ['\x1b[97;129u', "'a'"],
    ['\x1b[97;2u', "'A'"],
    ['\x1b[57414u', 'enter'],
    ['\x1b[57400u', "'1'"],
    ['\x1b[57376u', 'f13'],
    ['\x1b[97;5:3u', ''],
    ['\x1b[1;1:3A', ''],
    ['\x1b[57441u', ''],
    ['\x1b[I', 'focus'],
  ]
  test.each(cases)('%j is %s', (bytes, expected) => expect(names(bytes)).toBe(expected))
})

test('Enter that comes in the same read as the text before it is not lost', () => {
  expect(names('hello\r')).toBe("'hello' enter")
})

describe('answers of the terminal reach the capability store and are never typed', () => {
  const cases: [bytes: string, reply: object][] = [
    ['\x1b[?62;4;22c', { of: 'device-attributes', attributes: [62, 4, 22] }],
    ['\x1b]11;rgb:1e1e/2020/ffff\x07', { of: 'color', target: 'background', red: 30, green: 32, blue: 255 }],
    ['\x1b]11;rgb:f/0/8\x1b\\', { of: 'color', target: 'background', red: 255, green: 0, blue: 136 }],
    ['\x1b]10;rgba:ff/ff/ff/ff\x1b\\', { of: 'color', target: 'text', red: 255, green: 255, blue: 255 }],
    ['\x1b[?2026;2$y', { of: 'mode', mode: 2026, state: 'reset' }],
    ['\x1b[?2004;1$y', { of: 'mode', mode: 2004, state: 'set' }],
    ['\x1b[?5u', { of: 'kitty-keyboard', flags: 5 }],
    ['\x1bP>|kitty(0.36.4)\x1b\\', { of: 'version', text: 'kitty(0.36.4)' }],
    ['\x1b[?997;2n', { of: 'color-scheme', scheme: 'light' }],
    ['\x1b[12;40R', { of: 'cursor', row: 12, column: 40 }],
    ['\x1b_Gi=31;OK\x1b\\', { of: 'other', text: 'Gi=31;OK' }],
    ['\x1b[>0;276;0c', { of: 'other', text: '>0;276;0c' }],
  ]
  test.each(cases)('%j', (bytes, reply) => {
    expect(read(`a${bytes}b`)).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'reply', reply },
      { kind: 'text', text: 'b' },
    ])
  })
})

test('both mouse forms are read, with bytes that are no UTF-8 too', () => {
  const x10 = read(Uint8Array.from([0x1b, 0x5b, 0x4d, 32, 32 + 200, 32 + 5, 0x61]))
  expect(x10).toMatchObject([
    { kind: 'mouse', action: 'press', button: 'left', column: 200, row: 5 },
    { kind: 'text', text: 'a' },
  ])
  expect(read('\x1b[<65;10;20M\x1b[<2;1;1m\x1b[<16;1;1M')).toMatchObject([
    { action: 'wheel-down', column: 10, row: 20 },
    { action: 'release', button: 'right' },
    { action: 'press', ctrl: true },
  ])
})

describe('pastes', () => {
  test('a bracketed paste is one event, its escapes and Enters only text', () => {
    expect(read('\x1b[200~one\r\ntwo\r\x1b[Athree\x1b[201~\r')).toEqual([
      { kind: 'paste', text: 'one\ntwo\n\x1b[Athree', isWhole: true },
      { kind: 'key', key: 'enter' },
    ])
  })

  test('a paste that never ends is handed over after its wait, and keys work again', () => {
    const begun = tokenize(emptyTokenizer, { kind: 'bytes', bytes: encode('\x1b[200~half') })
    expect(begun.state.waitMs).toBe(waits.paste)
    const given = tokenize(begun.state, { kind: 'timeout' })
    expect(given.events).toEqual([{ kind: 'paste', text: 'half', isWhole: false }])
    expect(tokenize(given.state, { kind: 'bytes', bytes: encode('x') }).events).toEqual([{ kind: 'text', text: 'x' }])
  })

  test('a paste longer than the limit comes in pieces that lose nothing', () => {
    const text = '日'.repeat(3_000_000)
    const events = read(`\x1b[200~${text}`, '\x1b[201~')
    expect(events.map((event) => event.kind === 'paste' && event.isWhole)).toEqual([false, true])
    expect(events.map((event) => (event.kind === 'paste' ? event.text : '')).join('')).toBe(text)
  })
})

test('an over-long string sequence is thrown away and typing goes on', () => {
  expect(read(`\x1b]52;c;${'A'.repeat(maxStringBytes + 10)}`, 'AAAA\x1b\\ok')).toEqual([{ kind: 'text', text: 'ok' }])
})

test('an escape waits a moment for its sequence, a broken sequence is dropped', () => {
  expect(tokenize(emptyTokenizer, { kind: 'bytes', bytes: encode('\x1b') }).state.waitMs).toBe(waits.escape)
  expect(read('\x1b[1;')).toEqual([])
  expect(read('\x1b]11;rgb:')).toEqual([])
})

const pieces = fc.oneof(
  fc.constantFrom(
    ...[
      'hello',
      'é',
      '日本',
      '👩‍👩‍👧',
      '\r',
      '\n',
      '\t',
      '\x7f',
      '\x03',
      '\x1bb',
      '\x1b\r',
      '\x1b[A',
      '\x1b\x1b[B',
      '\x1bOP',
    ],
    ...[
      '\x1b[13;2u',
      '\x1b[27;5;107~',
      '\x1b[200~a\r\nb\x1b[201~',
      '\x1b[200~\x1b[20\x1b[201~',
      '\x1b]11;rgb:1/2/3\x07',
    ],
    ...[
      '\x1bP>|x\x1b\\',
      '\x1b[?62c',
      '\x1b[I',
      '\x1b[<0;1;1M',
      '\x1b[M !!',
      '\x1b[1\x1b[A',
      '\x1b]x\x1b[A',
      '\x1b[5$',
    ],
  ),
  fc.string({ unit: 'grapheme' }),
)
const streams = fc.oneof(
  fc.array(pieces, { maxLength: 8 }).map((parts) => encode(parts.join(''))),
  fc.uint8Array({ maxLength: 24 }),
  fc
    .array(
      fc.constantFrom(0x1b, 0x5b, 0x4f, 0x50, 0x5d, 0x07, 0x5c, 0x41, 0x4d, 0x3b, 0x32, 0x30, 0x7e, 0xe3, 0x81, 0xff),
      { maxLength: 24 },
    )
    .map((bytes) => Uint8Array.from(bytes)),
)

test('the events are the same wherever the bytes are cut', () => {
  fc.assert(
    fc.property(streams, (bytes) => {
      const whole = read(bytes)
      for (let cut = 0; cut <= bytes.length; cut++) {
        expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole)
      }
      expect(read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole)
    }),
    { numRuns: runs(400) },
  )
})

test('no control character is ever text', () => {
  fc.assert(
    fc.property(streams, (bytes) => {
      const text = read(bytes)
        .map((event) => (event.kind === 'text' ? event.text : ''))
        .join('')
      expect(text).not.toMatch(/\p{Cc}/u)
    }),
    { numRuns: runs(400) },
  )
})
