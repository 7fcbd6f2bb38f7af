/** The meaning of one whole terminal sequence. Pure lookups; the cutting into sequences is tokenizer.ts. */
import type { InputEvent, Reply } from './event.ts'
import { keyName, type Modifiers } from './keys.ts'
import { decodeMouse } from './mouse.ts'

const key = (name: string, modifiers?: Modifiers): InputEvent => ({ kind: 'key', key: keyName(name, modifiers) })
const reply = (value: Reply): InputEvent => ({ kind: 'reply', reply: value })

const namedBytes: Readonly<Record<number, string>> = { 9: 'tab', 13: 'enter', 127: 'backspace', 0: ' ' }

/** A control byte: Enter, Tab, Backspace, or a letter held with ctrl. `\n` is ctrl+j, as the terminal sends it. */
export function decodeKeyByte(byte: number, alt: boolean): InputEvent {
  const named = namedBytes[byte]
  if (named !== undefined) return key(named, { alt, ctrl: byte === 0 })
  const letter = byte < 0x1b ? String.fromCharCode(byte + 0x60) : String.fromCharCode(byte + 0x40)
  return key(letter, { ctrl: true, alt })
}

/** Final letters shared by CSI and SS3. */
const letterKeys: Readonly<Record<string, string>> = {
  ...{ A: 'up', B: 'down', C: 'right', D: 'left', E: 'begin', F: 'end', H: 'home' },
  ...{ P: 'f1', Q: 'f2', R: 'f3', S: 'f4' },
}

/** The keypad in application mode, which SS3 alone sends. */
const keypadKeys: Readonly<Record<string, string>> = {
  ...{ M: 'enter', I: 'tab', ' ': ' ', X: '=', j: '*', k: '+', l: ',', m: '-', n: '.', o: '/' },
  ...Object.fromEntries([...'pqrstuvwxy'].map((letter, digit) => [letter, String(digit)])),
}

/** Numbers before `~`. xterm, VT220, rxvt and the Linux console agree on these. */
const tildeKeys: Readonly<Record<number, string>> = {
  ...{ 1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' },
  ...{ 11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9', 21: 'f10' },
  ...{ 23: 'f11', 24: 'f12', 25: 'f13', 26: 'f14', 28: 'f15', 29: 'f16', 31: 'f17', 32: 'f18', 33: 'f19', 34: 'f20' },
}

/** `CSI body`, where body ends with its final byte. Undefined when it means nothing to us. */
export function decodeCsi(body: string, alt: boolean): InputEvent | undefined {
  const final = body.slice(-1)
  if (body.startsWith('[')) return decodeLinuxFunction(final, alt)
  if (body.startsWith('?')) return decodePrivate(body.slice(1, -1), final)
  if (body.startsWith('<')) return decodeMouse(body.slice(1, -1), final)
  if (!/^[\d:;]*$/.test(body.slice(0, -1))) return reply({ of: 'other', text: body })
  const fields = body.slice(0, -1).split(';')
  const first = Number(fields[0] ?? '')
  switch (final) {
    case 'u':
      return decodeKitty(fields)
    case '~':
      return decodeTilde(fields, alt)
    case '^': // rxvt with ctrl
      return decodeTilde([String(first), '5'], alt)
    case 'Z':
      return key('tab', { shift: true, alt })
    case 'I':
    case 'O':
      return { kind: 'focus', isFocused: final === 'I' }
    case 'a':
    case 'b':
    case 'c':
    case 'd': // rxvt with shift
      return key(letterKeys[final.toUpperCase()] as string, { shift: true, alt })
    case 'R': // a cursor report has F3's shape; F3 always names key 1
      if (fields.length > 1 && first !== 1) return reply({ of: 'cursor', row: first, column: Number(fields[1]) })
      return decodeLetter(final, fields, alt)
    default:
      return decodeLetter(final, fields, alt)
  }
}

/** The Linux console's F1–F5: `CSI [ A` to `CSI [ E`. */
function decodeLinuxFunction(final: string, alt: boolean): InputEvent | undefined {
  const index = 'ABCDE'.indexOf(final)
  return index < 0 ? undefined : key(`f${index + 1}`, { alt })
}

function decodeLetter(final: string, fields: string[], alt: boolean): InputEvent | undefined {
  const name = letterKeys[final]
  if (name === undefined) return reply({ of: 'other', text: `${fields.join(';')}${final}` })
  return isRelease(fields[1]) ? undefined : key(name, withAlt(modifiersOf(fields[1]), alt))
}

function decodeTilde(fields: string[], alt: boolean): InputEvent | undefined {
  const number = Number(fields[0])
  if (number === 27 && fields.length === 3) return characterKey(Number(fields[2]), modifiersOf(fields[1])) // modifyOtherKeys
  const name = tildeKeys[number]
  if (name === undefined || isRelease(fields[1])) return undefined
  return key(name, withAlt(modifiersOf(fields[1]), alt))
}

/** `SS3 body`: function keys, and the keypad as text. Some terminals put a modifier number before the letter. */
export function decodeSs3(body: string, alt: boolean): InputEvent | undefined {
  const final = body.slice(-1)
  const modifiers = withAlt(modifiersOf(body.slice(0, -1)), alt)
  const name = letterKeys[final]
  if (name !== undefined) return key(name, modifiers)
  const pad = keypadKeys[final]
  if (pad === undefined) return undefined
  return pad.length === 1 && !alt ? { kind: 'text', text: pad } : key(pad, modifiers)
}

/** Kitty's numbers for keys that have no character. https://sw.kovidgoyal.net/kitty/keyboard-protocol/#functional */
const kittyKeys: Readonly<Record<number, string>> = {
  ...{ 9: 'tab', 13: 'enter', 27: 'escape', 127: 'backspace', 57361: 'printscreen', 57362: 'pause', 57363: 'menu' },
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [57376 + index, `f${index + 13}`])),
  ...{ 57414: 'enter', 57417: 'left', 57418: 'right', 57419: 'up', 57420: 'down', 57421: 'pageup', 57422: 'pagedown' },
  ...{ 57423: 'home', 57424: 'end', 57425: 'insert', 57426: 'delete', 57427: 'begin' },
}
const kittyKeypadText = '0123456789./*-+'

/** `CSI code:shifted:base ; modifiers:event ; text u`. */
function decodeKitty(fields: string[]): InputEvent | undefined {
  if (isRelease(fields[1])) return undefined
  const codes = (fields[0] ?? '').split(':').map(Number)
  const modifiers = modifiersOf(fields[1])
  const code = codes[0] ?? 0
  const name = kittyKeys[code]
  if (name !== undefined) return key(name, modifiers)
  const pad = code >= 57399 ? kittyKeypadText[code - 57399] : undefined
  if (pad !== undefined) return characterKey(pad.codePointAt(0) as number, modifiers)
  if (code >= 57344 && code <= 63743) return undefined // a lock, media or modifier key by itself
  const [, shifted, base] = codes
  const isHeld = modifiers.ctrl === true || modifiers.alt === true
  if (isHeld && code > 127 && base) return characterKey(base, modifiers) // ctrl+с on a Cyrillic layout is ctrl+c
  return characterKey(modifiers.shift && shifted ? shifted : code, modifiers)
}

function characterKey(code: number, modifiers: Modifiers): InputEvent | undefined {
  const named = kittyKeys[code]
  if (named !== undefined) return key(named, modifiers)
  if (!(code >= 0x20 && code <= 0x10ffff) || (code >= 0x7f && code < 0xa0)) return undefined
  const character = String.fromCodePoint(code)
  const isText = !modifiers.ctrl && !modifiers.alt && !modifiers.super
  if (!isText) return key(character, modifiers)
  return { kind: 'text', text: modifiers.shift && /[a-z]/.test(character) ? character.toUpperCase() : character }
}

/** `CSI ? …`: answers. */
function decodePrivate(parameters: string, final: string): InputEvent {
  const numbers = parameters.replace(/\$$/, '').split(';').map(Number)
  const [first = 0, second = 0] = numbers
  const modeStates = ['unknown', 'set', 'reset', 'always-set', 'always-reset'] as const
  if (final === 'c') return reply({ of: 'device-attributes', attributes: numbers })
  if (final === 'u') return reply({ of: 'kitty-keyboard', flags: first })
  if (final === 'y') return reply({ of: 'mode', mode: first, state: modeStates[second] ?? 'unknown' })
  if (final === 'n' && first === 997) return reply({ of: 'color-scheme', scheme: second === 2 ? 'light' : 'dark' })
  return reply({ of: 'other', text: `?${parameters}${final}` })
}

/** The body of an OSC (`]`), DCS (`P`), APC, PM or SOS string. */
export function decodeString(introducer: number, body: string): InputEvent {
  if (introducer === 0x50 && body.startsWith('>|')) return reply({ of: 'version', text: body.slice(2) })
  const color = introducer === 0x5d ? /^(1[01]);rgba?:([\da-f]+)\/([\da-f]+)\/([\da-f]+)/i.exec(body) : null
  if (!color) return reply({ of: 'other', text: body })
  const [red = 0, green = 0, blue = 0] = color.slice(2, 5).map(channel)
  return reply({ of: 'color', target: color[1] === '11' ? 'background' : 'text', red, green, blue })
}

/** XParseColor: one to four hex digits, scaled to 0–255. */
function channel(digits: string): number {
  return Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255)
}

/** Modifier parameter: one more than a bit set, `:event` behind it. */
function modifiersOf(field: string | undefined): Modifiers {
  const bits = Math.max(0, Number.parseInt(field || '1', 10) - 1)
  return { shift: (bits & 1) > 0, alt: (bits & 2) > 0 || (bits & 32) > 0, ctrl: (bits & 4) > 0, super: (bits & 8) > 0 }
}

const isRelease = (field: string | undefined): boolean => field?.endsWith(':3') === true
const withAlt = (modifiers: Modifiers, alt: boolean): Modifiers => ({
  ...modifiers,
  alt: alt || modifiers.alt === true,
})
