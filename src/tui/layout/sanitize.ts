/**
 * Text from elsewhere (models, tools, channels, names) made safe to draw. A terminal obeys what it is sent: a title, a
 * clipboard write, a cursor move, text that reads backwards. None of that may come from a message (EX14).
 *
 * Two ways: `showControls` works character by character, so a stream may be cut anywhere, and lets what was there be
 * seen; `stripControls` removes whole sequences, for names and pages. No SGR survives either.
 */

import { signOf } from '../../shared/escape-command.ts'

/** Explicit bidirectional formatting, which can show a line in another order than it is. Unicode UAX #9 §2. */
const bidi = '\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069'
/** Other characters without a shape that hide or split text. The joiners of emoji and of Indic and Persian stay. */
const invisible =
  '\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb'
const controls = '\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f'

const unsafe = new RegExp(`[${controls}${bidi}${invisible}]`, 'g')
const unsafeOnce = new RegExp(`[${controls}${bidi}${invisible}]`)
/** Tag letters spell invisible text; only the three flags of UAX #51 (black flag, tags, cancel) use them openly. */
const tags = /(\u{1f3f4}[\u{e0061}-\u{e007a}]{2,6}\u{e007f})|[\u{e0000}-\u{e0fff}]/gu

/** Each unsafe character replaced by a sign for it; `\n` and `\t` stay, `\r\n` is `\n`. */
export function showControls(text: string): string {
  if (!unsafeOnce.test(text) && !text.includes('\udb40')) return text
  return text
    .replace(/\r\n/g, '\n')
    .replace(unsafe, signOf)
    .replace(tags, (_, flag?: string) => flag ?? '')
}

/** What a program said: every sequence is seen, as in a reply that repeats it, and a `\r` overwrites its line. */
export function showOutput(text: string): string {
  return showControls(text.replace(/\r+\n/g, '\n').replace(overwritten, ''))
}

const overwritten = /[^\n]*\r(?=[^\n])/g

/** Escape sequences with all they carry, and every other unsafe character, removed. A `\r` overwrites its line. */
export function stripControls(text: string): string {
  if (!unsafeOnce.test(text) && !text.includes('\udb40')) return text
  return text
    .replace(sequences, '')
    .replace(/\r+\n/g, '\n')
    .replace(overwritten, '')
    .replace(unsafe, '')
    .replace(tags, (_, flag?: string) => flag ?? '')
}

/**
 * OSC, DCS, SOS, PM, APC up to their end on the same text (BEL, ST); CSI; other escapes. The 8-bit forms too. A string
 * sequence without an end loses only its introducer: the rest is harmless as text, and hiding it would hide an attack.
 */
const sequences = new RegExp(
  [
    '(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)',
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]',
    '\\x1b[ -/]*[0-~]',
  ].join('|'),
  'g',
)

/** Is there anything in this text that a terminal would obey, or that would not be seen? `\n` and `\t` are fine. */
export function isSafe(text: string): boolean {
  return !unsafeOnce.test(text)
}

/** A name or title from elsewhere on one row: safe, line ends and runs of spaces as one space. */
export function oneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ').trim()
}
