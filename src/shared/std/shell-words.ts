/** Words as a person would type them in a shell. Pure. */

/** One word that reads back as exactly this text. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** One word for the end of a command of ours that takes it as such, whatever it begins with. */
export function lastWord(text: string): string {
  return `${text.startsWith('-') ? '-- ' : ''}${shellWord(text)}`
}

/**
 * The words of a command line, with quotes as a shell has them; one that is never closed goes to the end. On Windows a
 * backslash is part of a path.
 */
export function readShellWords(text: string, { hasBackslash = true } = {}): string[] {
  const escaped = hasBackslash ? '\\\\[\\s\\S]|' : ''
  const inWord = hasBackslash ? '[^\\s"\'\\\\]' : '[^\\s"\']'
  const inQuotes = hasBackslash ? '[^"\\\\]' : '[^"]'
  const part = `${escaped}'[^']*(?:'|$)|"(?:${escaped}${inQuotes})*(?:"|$)|${inWord}`
  const words = text.match(new RegExp(`(?:${part})+`, 'g')) ?? []
  return words.map((word) =>
    word.replace(new RegExp(part, 'g'), (each) => {
      if (each.startsWith("'")) return each.replace(/^'|'$/g, '')
      const inside = each.startsWith('"') ? each.slice(1).replace(/"$/, '') : each
      if (!hasBackslash) return inside
      return each.startsWith('"') ? inside.replace(/\\(["\\$`])/g, '$1') : inside.replace(/^\\/, '')
    }),
  )
}

/** A command line that reads back as exactly these words. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}
