/** Words as a person would type them in a shell. Pure. */

/** One word that reads back as exactly this text. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** One word for the end of a command of ours that takes it as such, whatever it begins with. */
export function lastWord(text: string): string {
  return `${text.startsWith('-') ? '-- ' : ''}${shellWord(text)}`
}

/** A command line that reads back as exactly these words. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}
