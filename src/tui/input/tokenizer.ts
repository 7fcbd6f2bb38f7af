/**
 * Terminal bytes → input events, as a pure machine: bytes and timeouts go in, events and the next timeout come out.
 * What it answers does not depend on how the bytes were cut into reads, except that text may come in more pieces.
 *
 * Sequences follow ECMA-48 §5.4 and xterm's ctlseqs; an answer or an unknown sequence never becomes text.
 */
import { decodeCsi, decodeKeyByte, decodeSs3, decodeString } from './decode.ts'
import type { InputEvent } from './event.ts'
import { keyName } from './keys.ts'
import { decodeX10Mouse } from './mouse.ts'

/** Waits in milliseconds before an unfinished beginning is taken for what it is. */
export const waits = { escape: 30, sequence: 50, string: 1_000, paste: 5_000 } as const

/** Longest string sequence (OSC, DCS, APC) kept, in bytes; a longer one is thrown away up to its end. */
export const maxStringBytes = 65_536

/** Longest piece of a paste held before it is handed on, in bytes. */
const maxPasteBytes = 8 * 1024 * 1024

/** The machine's memory between two reads. `waitMs` says when to send `timeout`, unless bytes come first. */
export type TokenizerState = {
  readonly mode: 'ground' | 'paste' | 'discard'
  /** Bytes of an unfinished token; in a paste, those that may begin its end. */
  readonly pending: Uint8Array
  /** The paste so far, in the pieces it came in. */
  readonly pasted: readonly Uint8Array[]
  readonly waitMs: number | undefined
}

export type TokenizerInput = { kind: 'bytes'; bytes: Uint8Array } | { kind: 'timeout' }

export const emptyTokenizer: TokenizerState = {
  mode: 'ground',
  pending: new Uint8Array(),
  pasted: [],
  waitMs: undefined,
}

const esc = 0x1b
const bel = 0x07
const pasteStart = '200~'
const pasteEnd = Uint8Array.from([esc, 0x5b, 0x32, 0x30, 0x31, 0x7e])

/** One step: what arrived, and what to remember. */
export function tokenize(
  state: TokenizerState,
  input: TokenizerInput,
): { state: TokenizerState; events: InputEvent[] } {
  const events: InputEvent[] = []
  if (input.kind === 'timeout') return { state: giveUp(state, events), events }
  let { mode, pasted } = state
  let bytes = join([state.pending, input.bytes])
  for (;;) {
    const step = scanners[mode](bytes, events, pasted)
    bytes = bytes.subarray(step.consumed)
    pasted = step.pasted ?? []
    if (step.mode === mode) {
      return { state: { mode, pending: bytes.slice(), pasted, waitMs: waitFor(mode, bytes) }, events }
    }
    mode = step.mode
  }
}

type Step = { consumed: number; mode: TokenizerState['mode']; pasted?: readonly Uint8Array[] }

type Scanner = (bytes: Uint8Array, events: InputEvent[], pasted: readonly Uint8Array[]) => Step

const scanners: Record<TokenizerState['mode'], Scanner> = { ground: scanGround, paste: scanPaste, discard: scanDiscard }

/** Reads whole tokens; stops at an unfinished one, or where another mode begins. */
function scanGround(bytes: Uint8Array, events: InputEvent[]): Step {
  let at = 0
  while (at < bytes.length) {
    const token = readToken(bytes, at)
    if (token === undefined) {
      const isTooLong = bytes.length - at > maxStringBytes
      return { consumed: isTooLong ? bytes.length : at, mode: isTooLong ? 'discard' : 'ground' }
    }
    at += token.length
    if (token.startsPaste) return { consumed: at, mode: 'paste' }
    if (token.event) events.push(token.event)
  }
  return { consumed: at, mode: 'ground' }
}

function scanPaste(bytes: Uint8Array, events: InputEvent[], pasted: readonly Uint8Array[]): Step {
  const end = indexOf(bytes, pasteEnd)
  if (end >= 0) {
    events.push(paste(join([...pasted, bytes.subarray(0, end)]), true))
    return { consumed: end + pasteEnd.length, mode: 'ground' }
  }
  const consumed = Math.max(0, bytes.length - pasteEnd.length + 1)
  const grown = [...pasted, bytes.slice(0, consumed)]
  if (grown.reduce((sum, piece) => sum + piece.length, 0) <= maxPasteBytes) {
    return { consumed, mode: 'paste', pasted: grown }
  }
  const whole = join(grown)
  const cut = wholeCharacters(whole, whole.length)
  events.push(paste(whole.subarray(0, cut), false))
  return { consumed, mode: 'paste', pasted: [whole.slice(cut)] }
}

/** Throws an over-long string sequence away, up to its BEL or ST. */
function scanDiscard(bytes: Uint8Array): Step {
  const end = bytes.findIndex((byte) => byte === bel || byte === esc)
  if (end < 0) return { consumed: bytes.length, mode: 'discard' }
  if (bytes[end] === bel) return { consumed: end + 1, mode: 'ground' }
  if (end + 1 === bytes.length) return { consumed: end, mode: 'discard' }
  return { consumed: bytes[end + 1] === 0x5c ? end + 2 : end, mode: 'ground' }
}

type Token = { length: number; event?: InputEvent | undefined; startsPaste?: boolean }

/** The token at `at`, or undefined when more bytes are needed to know. */
function readToken(bytes: Uint8Array, at: number): Token | undefined {
  const first = bytes[at] as number
  if (first === esc) return readEscape(bytes, at, false)
  if (first < 0x20 || first === 0x7f) return { length: 1, event: decodeKeyByte(first, false) }
  return readText(bytes, at)
}

function readEscape(bytes: Uint8Array, at: number, alt: boolean): Token | undefined {
  const second = bytes[at + 1]
  switch (second) {
    case undefined:
      return undefined
    case esc:
      return alt ? escapeKey() : readEscapeTwice(bytes, at)
    case 0x5b:
      return readCsi(bytes, at, alt)
    case 0x4f:
      return readSs3(bytes, at, alt)
    case 0x50: // DCS
    case 0x58: // SOS
    case 0x5d: // OSC
    case 0x5e: // PM
    case 0x5f: // APC
      return readString(bytes, at)
    default:
      return readAltCharacter(bytes, at, second)
  }
}

const escapeKey = (): Token => ({ length: 1, event: { kind: 'key', key: 'escape' } })

/** `ESC ESC [` is an arrow or the like with alt; any other second escape is the Escape key pressed again. */
function readEscapeTwice(bytes: Uint8Array, at: number): Token | undefined {
  const third = bytes[at + 2]
  if (third === undefined) return undefined
  if (third !== 0x5b && third !== 0x4f) return escapeKey()
  const token = readEscape(bytes, at + 1, true)
  return token && { ...token, length: token.length + 1 }
}

/** CSI: parameters 0x30–0x3f, intermediates 0x20–0x2f, one final 0x40–0x7e. A byte that fits none ends it unread. */
function readCsi(bytes: Uint8Array, at: number, alt: boolean): Token | undefined {
  const isLinuxFunction = bytes[at + 2] === 0x5b
  for (let end = at + (isLinuxFunction ? 3 : 2); ; end++) {
    const byte = bytes[end]
    if (byte === undefined) return undefined
    if (byte >= 0x20 && byte < 0x40) continue
    if (byte < 0x40 || byte > 0x7e) return { length: end - at }
    const body = ascii(bytes, at + 2, end + 1)
    if (body === 'M') return readX10Mouse(bytes, at)
    if (body === pasteStart) return { length: end + 1 - at, startsPaste: true }
    return { length: end + 1 - at, event: decodeCsi(body, alt) }
  }
}

function readX10Mouse(bytes: Uint8Array, at: number): Token | undefined {
  const report = bytes.subarray(at + 3, at + 6)
  return report.length < 3 ? undefined : { length: 6, event: decodeX10Mouse(report) }
}

function readSs3(bytes: Uint8Array, at: number, alt: boolean): Token | undefined {
  for (let end = at + 2; ; end++) {
    const byte = bytes[end]
    if (byte === undefined) return undefined
    if (byte >= 0x30 && byte < 0x40) continue
    if (byte < 0x40 || byte > 0x7e) return { length: end - at }
    return { length: end + 1 - at, event: decodeSs3(ascii(bytes, at + 2, end + 1), alt) }
  }
}

/** OSC, DCS, APC, PM, SOS: up to BEL or `ESC \`. Another escape inside means that the end was lost. */
function readString(bytes: Uint8Array, at: number): Token | undefined {
  for (let end = at + 2; end < bytes.length; end++) {
    if (bytes[end] === bel) return stringToken(bytes, at, end, 1)
    if (bytes[end] !== esc) continue
    if (end + 1 === bytes.length) return undefined
    return bytes[end + 1] === 0x5c ? stringToken(bytes, at, end, 2) : { length: end - at }
  }
  return undefined
}

function stringToken(bytes: Uint8Array, at: number, end: number, terminator: number): Token {
  const body = utf8(bytes.subarray(at + 2, end))
  return { length: end + terminator - at, event: decodeString(bytes[at + 1] as number, body) }
}

function readAltCharacter(bytes: Uint8Array, at: number, second: number): Token | undefined {
  if (second < 0x20 || second === 0x7f) return { length: 2, event: decodeKeyByte(second, true) }
  let length = 1
  while (length < characterLength(second)) {
    const next = bytes[at + 1 + length]
    if (next === undefined) return undefined
    if ((next & 0xc0) !== 0x80) break
    length++
  }
  const character = printable(utf8(bytes.subarray(at + 1, at + 1 + length)))
  if (character === '') return { length: 1 + length }
  return { length: 1 + length, event: { kind: 'key', key: keyName(character, { alt: true }) } }
}

/** Text up to the next control byte or unfinished character. C1 controls and bytes that are no UTF-8 are left out. */
function readText(bytes: Uint8Array, at: number): Token | undefined {
  let end = at
  while (end < bytes.length && (bytes[end] as number) >= 0x20 && bytes[end] !== 0x7f) end++
  const whole = end === bytes.length ? wholeCharacters(bytes, end) : end
  if (whole <= at) return undefined
  const text = printable(utf8(bytes.subarray(at, whole)))
  return { length: whole - at, event: text === '' ? undefined : { kind: 'text', text } }
}

/** Nothing more came: an escape was the Escape key, `ESC [` was alt+[, a paste is what it is, the rest is dropped. */
function giveUp(state: TokenizerState, events: InputEvent[]): TokenizerState {
  const { pending, mode } = state
  if (mode === 'paste') events.push(paste(join([...state.pasted, pending]), false))
  if (mode === 'ground' && pending[0] === esc) {
    const escapes = pending[1] === esc ? 2 : 1
    const rest = pending.subarray(escapes)
    if (rest.length === 0 || escapes === 2) events.push({ kind: 'key', key: 'escape' })
    if (rest.length === 0 && escapes === 2) events.push({ kind: 'key', key: 'escape' })
    if (rest.length === 1 && (rest[0] as number) < 0x80) {
      events.push({ kind: 'key', key: keyName(String.fromCharCode(rest[0] as number), { alt: true }) })
    }
  }
  return emptyTokenizer
}

function waitFor(mode: TokenizerState['mode'], pending: Uint8Array): number | undefined {
  if (mode === 'paste') return waits.paste
  if (mode === 'discard') return waits.string
  if (pending.length === 0) return undefined
  if (pending.length === 1 && pending[0] === esc) return waits.escape
  const isString = [0x50, 0x58, 0x5d, 0x5e, 0x5f].includes(pending[1] ?? 0)
  return pending[0] !== esc || (isString && pending.length > 2) ? waits.string : waits.sequence
}

function paste(bytes: Uint8Array, isWhole: boolean): InputEvent {
  return { kind: 'paste', text: utf8(bytes).replace(/\r\n?/g, '\n'), isWhole }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
/** C1 controls and what was no UTF-8 are nobody's keys. */
const printable = (text: string): string => text.replace(/[\x80-\x9f\ufffd]/g, '')
const utf8 = (bytes: Uint8Array): string => decoder.decode(bytes)
const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

/** Bytes in the UTF-8 character that starts with this byte; 1 for a byte that starts none. */
function characterLength(first: number): number {
  return first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 1
}

/** The last offset at or before `end` that does not cut a character in two. */
function wholeCharacters(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3 && end - back >= 0; back++) {
    const byte = bytes[end - back] as number
    if (byte >= 0xc0) return characterLength(byte) > back ? end - back : end
    if (byte < 0x80) return end
  }
  return end
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const filled = pieces.filter((piece) => piece.length > 0)
  if (filled.length === 1) return filled[0] as Uint8Array
  const whole = new Uint8Array(filled.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of filled) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function indexOf(bytes: Uint8Array, needle: Uint8Array): number {
  for (let at = bytes.indexOf(esc); at >= 0; at = bytes.indexOf(esc, at + 1)) {
    if (needle.every((byte, index) => bytes[at + index] === byte)) return at
  }
  return -1
}
