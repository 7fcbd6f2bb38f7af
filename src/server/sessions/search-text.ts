/**
 * How text becomes words of the search index. Chinese, Japanese and Korean have no spaces, so each run of such
 * characters is indexed as overlapping pairs, and a word of any length is found as the pairs it is made of. Pure.
 */

const cjkRun = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々〆]+/gu
const wordOrCjkRun = new RegExp(`${cjkRun.source}|[\\p{L}\\p{N}_]+`, 'gu')

/** Longest text indexed per message, UTF-16 units; a megabyte of tool output is not worth its index. */
const maxIndexedLength = 100_000

/** What is stored in the index for `text`. */
export function indexWords(text: string): string {
  return text
    .slice(0, maxIndexedLength)
    .normalize('NFKC')
    .replace(cjkRun, (run) => ` ${pairs(run).join(' ')} ${[...run].at(-1)} `)
}

/**
 * An FTS5 query that finds messages with every word of `query`; the last one may be incomplete. Undefined when there
 * is no word in it. Each word is quoted, so nothing a person types is an operator.
 */
export function searchQuery(query: string): string | undefined {
  const words = query.normalize('NFKC').match(wordOrCjkRun) ?? []
  // A run of letters can hold both scripts, as in `GPTは`: the index splits there, so the query does.
  const terms = words.flatMap(
    (word) =>
      word.match(
        new RegExp(
          `${cjkRun.source}|[^\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}ー々〆]+`,
          'gu',
        ),
      ) ?? [],
  )
  if (terms.length === 0) return undefined
  return terms.map((term, i) => phrase(term, i === terms.length - 1)).join(' AND ')
}

function phrase(term: string, isLast: boolean): string {
  const isCjk = term.match(cjkRun) !== null
  if (isCjk && [...term].length === 1) return `"${term}" *`
  if (isCjk) return `"${pairs(term).join(' ')}"`
  return isLast ? `"${term}" *` : `"${term}"`
}

function pairs(run: string): string[] {
  const characters = [...run]
  if (characters.length < 2) return characters
  return characters.slice(1).map((character, i) => `${characters[i]}${character}`)
}
