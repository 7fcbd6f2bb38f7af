/**
 * A command shown wholly, for someone who must decide whether it may run (EX3). What has no shape of its own, looks like
 * a space, or turns text round is written as ⟨its name⟩; the brackets themselves are written so too, hence what is shown
 * is never two commands at once. Nothing is left out.
 */

const names: Readonly<Record<string, string>> = {
  '\0': 'NUL',
  '\x07': 'BEL',
  '\b': 'BS',
  '\t': 'TAB',
  '\n': 'LF',
  '\r': 'CR',
  '\x1b': 'ESC',
  '\x7f': 'DEL',
  '\u00a0': 'NBSP',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u2028': 'LS',
  '\u2029': 'PS',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
}

/** Everything but letters, marks, numbers, punctuation, symbols and the plain space; and the brackets of the notation. */
export const strange = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|[⟨⟩\u2800]|\p{Default_Ignorable_Code_Point}/gu

/** The command with every strange character as `⟨NAME⟩` or `⟨U+XXXX⟩`, on one line. */
export function escapeCommand(command: string): string {
  return command.replace(strange, sign)
}

/** The sign for one of them. */
export function sign(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `⟨${names[character] ?? `U+${code}`}⟩`
}
