/**
 * A command shown wholly, for someone who must decide whether it may run (EX3). What has no shape of its own, looks like
 * a space, or turns text round is written by its code, ⟨U+200B⟩, or for a control character as its picture, ␛, as
 * everywhere on screen; the brackets and the pictures themselves are written by their code too, hence what is shown is
 * never two commands at once. Nothing is left out.
 */

/** Elsewhere these two are layout and never seen. */
const names: Readonly<Record<string, string>> = { '\t': '⟨TAB⟩', '\n': '⟨LF⟩' }

/** Everything but letters, marks, numbers, punctuation, symbols and the plain space; and the signs of the notation. */
export const strange = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|[⟨⟩\u2800\u2400-\u2421]|\p{Default_Ignorable_Code_Point}/gu

/** The command with every strange character as its sign, on one line. */
export function escapeCommand(command: string): string {
  return command.replace(strange, sign)
}

/** The sign for one of them. */
export const sign = (character: string): string => names[character] ?? signOf(character)

/** `␛` for a control character, `⟨U+200B⟩` for any other that is not seen: one spelling wherever it is shown. */
export function signOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}
