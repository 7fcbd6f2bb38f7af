/** Filtering a list by a few letters: all words of the filter must be there, in any order. Pure. */

/** How well a text fits: higher is better, undefined when it does not. An empty filter fits everything. */
function scoreOf(text: string, filter: string): number | undefined {
  const hay = text.toLowerCase()
  let score = 0
  for (const word of filter.toLowerCase().split(/\s+/).filter(Boolean)) {
    const one = fitWord(hay, word)
    if (one === undefined) return undefined
    score += one
  }
  return score
}

/** The word as it stands counts most, at the beginning of a word more; else its letters in order, near each other. */
function fitWord(hay: string, word: string): number | undefined {
  const at = hay.indexOf(word)
  if (at >= 0) return 100 - Math.min(50, at) + (at === 0 || /[\s/:._-]/.test(hay[at - 1] ?? '') ? 50 : 0)
  let from = 0
  let spread = 0
  for (const letter of word) {
    const next = hay.indexOf(letter, from)
    if (next < 0) return undefined
    spread += next - from
    from = next + 1
  }
  return spread > word.length * 4 ? undefined : 20 - Math.min(19, spread)
}

/** What fits, best first; equal ones stay in their order. */
export function filterList<T>(list: readonly T[], filter: string, textOf: (entry: T) => string): readonly T[] {
  if (filter.trim() === '') return list
  return list
    .map((entry) => ({ entry, score: scoreOf(textOf(entry), filter) }))
    .filter((scored): scored is { entry: T; score: number } => scored.score !== undefined)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry)
}
