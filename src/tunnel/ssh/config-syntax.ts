/** The lines of an ssh_config file: keyword, words, quotes, comments, as OpenSSH's `readconf.c` reads them. Pure. */

export type ConfigLine = {
  /** From 1. */
  readonly number: number
  /** In lower case. */
  readonly keyword: string
  /** The words after it, without quotes and comment. */
  readonly words: readonly string[]
  /** What follows the keyword, unread: commands and `Match` have a grammar of their own. */
  readonly rest: string
}

export type SyntaxProblem = { readonly number: number; readonly problem: string }

export function parseConfigLines(text: string): { lines: ConfigLine[]; problem: SyntaxProblem | undefined } {
  const lines: ConfigLine[] = []
  for (const [index, source] of text.split('\n').entries()) {
    const number = index + 1
    const match = keywordAndRest.exec(source.replace(/[ \t\r\f]+$/, ''))
    if (!match) continue
    const [, quoted, afterQuoted, bare = '', afterBare = ''] = match
    const keyword = (quoted ?? bare).toLowerCase()
    const rest = afterQuoted ?? afterBare
    if (keyword === '' || keyword.startsWith('#')) continue
    if (rest === '') return { lines, problem: { number, problem: `no argument after ${keyword}` } }
    const words = splitWords(rest)
    if (!words) return { lines, problem: { number, problem: 'a quote is not closed' } }
    lines.push({ number, keyword, words, rest })
  }
  return { lines, problem: undefined }
}

/** `"Keyword" value`; `Keyword value`, `Keyword=value`, `Keyword = value`. */
const keywordAndRest = /^[ \t\r]*(?:"([^"]*)"[ \t\r]*(.*)|([^ \t\r"=]+)[ \t\r]*=?[ \t\r]*(.*))$/

/** Words between spaces; quotes join, a backslash takes a quote, a backslash or (outside quotes) a space literally. */
function splitWords(text: string): string[] | undefined {
  const words: string[] = []
  let at = 0
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at++
    if (at >= text.length || text[at] === '#') return words
    const word = takeWord(text, at)
    if (!word) return undefined
    words.push(word.value)
    at = word.end
  }
}

function takeWord(text: string, from: number): { value: string; end: number } | undefined {
  let value = ''
  let quote = ''
  let at = from
  for (; at < text.length; at++) {
    const char = text[at] as string
    const next = text[at + 1]
    if (char === '\\' && (next === '"' || next === "'" || next === '\\' || (quote === '' && next === ' '))) {
      value += next
      at++
    } else if (quote === '' && (char === ' ' || char === '\t')) {
      break
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char
    } else if (char === quote) {
      quote = ''
    } else {
      value += char
    }
  }
  return quote === '' ? { value, end: at } : undefined
}

/** The criteria of a `Match` line: words, or words and values joined by `=`; only double quotes join here. */
export function splitCriteria(rest: string): string[] | undefined {
  const words: string[] = []
  let text = rest
  while (text !== '' && !text.startsWith('#')) {
    const match = /^([^ \t"=]*)(?:"([^"]*)"|)[ \t]*=?[ \t]*/.exec(text)
    if (!match || match[0] === '') return undefined
    words.push(`${match[1]}${match[2] ?? ''}`)
    text = text.slice(match[0].length)
  }
  return words
}
