import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeCommand } from '../../../src/shared/escape-command.ts'
import { commandRows } from '../../../src/tui/layout/escape.ts'
import { isSafe, showControls, showOutput } from '../../../src/tui/layout/sanitize.ts'
import { rowText } from '../../../src/tui/layout/span.ts'
import { anyText } from '../../support/any-text.ts'
import { hostileTexts } from '../../support/hostile-texts.ts'

test.each([
  ['a second line', 'ls\nrm -rf ~', 'ls⟨LF⟩rm -rf ~'],
  ['text that reads backwards', 'cat \u202egpj.sh', 'cat ⟨U+202E⟩gpj.sh'],
  ['a hidden space', 'rm\u200b-rf', 'rm⟨U+200B⟩-rf'],
  ['a space that is none', 'a\u00a0b\u3000c\u2800d', 'a⟨U+00A0⟩b⟨U+3000⟩c⟨U+2800⟩d'],
  ['an escape', '\x1b[2K', '␛[2K'],
  ['the picture of one', '␛[2K', '⟨U+241B⟩[2K'],
  ['invisible tag letters', 'a\u{e0061}', 'a⟨U+E0061⟩'],
  ['a Hangul filler', 'x\u3164=1', 'x⟨U+3164⟩=1'],
  ['the notation itself', 'echo ⟨LF⟩', 'echo ⟨U+27E8⟩LF⟨U+27E9⟩'],
  ['nothing strange', `grep -r "日本" . | head -5 && echo 'ok'`, `grep -r "日本" . | head -5 && echo 'ok'`],
])('EX3: an approver sees %s', (_, command, shown) => expect(escapeCommand(command)).toBe(shown))

test('EX3: two different commands never look the same', () => {
  fc.assert(
    fc.property(anyText(), (command) => {
      const back = escapeCommand(command).replace(/⟨([^⟩]*)⟩|[\u2400-\u2421]/g, fromSign)
      expect(back).toBe(command.toWellFormed() === command ? command : back)
    }),
  )
})

test('EX3: the rows together are the whole command, 64 KB of it, and all of them are safe', () => {
  for (const command of ['x'.repeat(65_536), '\u202e'.repeat(9_000), ...hostileTexts]) {
    const rows = commandRows(command, 40).map(rowText)
    expect(rows.join('').replaceAll(' ', '')).toBe(escapeCommand(command).replaceAll(' ', ''))
    expect(rows.every(isSafe)).toBe(true)
  }
})

/** The inverse of the notation. */
function fromSign(shown: string, name: string | undefined): string {
  if (name?.startsWith('U+')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16))
  if (name !== undefined) return name === 'LF' ? '\n' : name === 'TAB' ? '\t' : `?${name}`
  return shown === '␡' ? '\x7f' : String.fromCharCode(shown.charCodeAt(0) - 0x2400)
}

test('one character has one spelling, in a command, a reply and an output', () => {
  for (const text of ['a\u200bb', 'a\u202eb', 'a\x1b[31mb', 'a\x7fb', 'a\ufeffb', 'a\x9bb']) {
    expect([showControls(text), showOutput(text)]).toEqual([escapeCommand(text), escapeCommand(text)])
  }
})
