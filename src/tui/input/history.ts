/** The prompt history: earlier prompts, found again by going up or by searching. Pure; keeping it on disk is the app's. */

/** Earlier prompts, oldest first, none twice in a row. */
export type History = readonly string[]

/** Most prompts kept. */
const maxHistory = 1_000

/** The history with one more prompt. A blank one, or the last one again, changes nothing. */
export function remember(history: History, prompt: string): History {
  if (prompt.trim() === '' || history.at(-1) === prompt) return history
  return [...history, prompt].slice(-maxHistory)
}

/** Where a walk with Up and Down stands. `draft` is what was being written: Down past the newest brings it back. */
export type Walk = { readonly draft: string; readonly index: number; readonly text: string }

/**
 * One step up or down, through the prompts that begin with the draft. Undefined when there is none further: Up at the
 * oldest stays, Down past the newest ends the walk with the draft.
 */
export function walk(history: History, from: Walk | string, direction: 'older' | 'newer'): Walk | undefined {
  const start: Walk = typeof from === 'string' ? { draft: from, index: history.length, text: from } : from
  const step = direction === 'older' ? -1 : 1
  for (let index = start.index + step; index >= 0 && index < history.length; index += step) {
    const text = history[index] as string
    if (text.startsWith(start.draft) && text !== start.text) return { ...start, index, text }
  }
  const isBackAtDraft = direction === 'newer' && start.index < history.length
  return isBackAtDraft ? { ...start, index: history.length, text: start.draft } : undefined
}

/** A Ctrl+R search: the newest prompt that holds the query, and `older` moves on to the one before. */
export type Search = { readonly query: string; readonly index: number; readonly match: string | undefined }

/** Starts a search, or carries on with another query. Small letters match capitals too; a capital matches itself. */
export function search(history: History, query: string): Search {
  return find(history, query, history.length - 1)
}

/** The next older prompt that matches and differs, round to the newest after the oldest. */
export function searchOlder(history: History, from: Search): Search {
  for (let index = from.index - 1; index >= 0; index--) {
    if (matches(history[index] as string, from.query) && history[index] !== from.match)
      return found(history, from, index)
  }
  return find(history, from.query, history.length - 1)
}

function find(history: History, query: string, start: number): Search {
  for (let index = start; query !== '' && index >= 0; index--) {
    if (matches(history[index] as string, query)) return { query, index, match: history[index] }
  }
  return { query, index: history.length, match: undefined }
}

function found(history: History, from: Search, index: number): Search {
  return { query: from.query, index, match: history[index] }
}

function matches(prompt: string, query: string): boolean {
  const hasCapital = query !== query.toLowerCase()
  return (hasCapital ? prompt : prompt.toLowerCase()).includes(query)
}
