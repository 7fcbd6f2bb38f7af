/**
 * The shape of the keymap: one table of what keys do where, from which the footer, the help, the palette and rebinding
 * all derive. Rows are filled in by the screens; here is how a row is made, checked and found.
 */
import { parseKey } from './keys.ts'

/** One row. `keys` are chords: names of keys, several with a space between for a sequence such as `ctrl+x l`. */
export type Binding<Id extends string = string, Context extends string = string> = {
  readonly id: Id
  readonly keys: readonly string[]
  /** Where it holds. `always` is below every other context. */
  readonly when: Context | 'always'
  /** What it does, in the imperative, for the footer and the help. */
  readonly title: string
}

export type Keymap<Id extends string = string, Context extends string = string> = {
  readonly bindings: readonly Binding<Id, Context>[]
  /** The binding for the keys pressed so far, looked up from the top of the context stack down. */
  lookup(pressed: readonly string[], contexts: readonly Context[]): Lookup<Id, Context>
}

/** `prefix` means that these keys begin a longer chord: wait for the next key. */
export type Lookup<Id extends string, Context extends string> =
  | { kind: 'found'; binding: Binding<Id, Context> }
  | { kind: 'prefix' }
  | { kind: 'none' }

/** What is wrong with a table of bindings. */
export type BindingProblem =
  | { kind: 'unknown-key'; id: string; key: string }
  | { kind: 'conflict'; ids: [string, string]; key: string; when: string }
  | { kind: 'reserved'; id: string; key: string; reason: string }

/** Keys that a plain terminal cannot tell from others, or keeps for itself. */
const reserved: Readonly<Record<string, string>> = {
  'ctrl+s': 'stops output on terminals with flow control',
  'ctrl+q': 'restarts output on terminals with flow control',
  'ctrl+i': 'is Tab on a plain terminal',
  'ctrl+m': 'is Enter on a plain terminal',
  'ctrl+[': 'is Escape on a plain terminal',
}

/** `Ctrl+X l` → `['ctrl+x', 'l']`, or undefined when one of its keys is no key. */
export function parseChord(text: string): string[] | undefined {
  const keys = text.trim().split(/\s+/).map(parseKey)
  return keys.every((key) => key !== undefined) ? keys : undefined
}

/** Builds the lookup. The first row wins where two compete; `checkBindings` finds those. */
export function defineKeymap<Id extends string, Context extends string>(
  bindings: readonly Binding<Id, Context>[],
): Keymap<Id, Context> {
  const byContext = new Map<string, Map<string, Binding<Id, Context> | 'prefix'>>()
  for (const { binding, chord } of chordsOf(bindings)) {
    const table = byContext.get(binding.when) ?? new Map<string, Binding<Id, Context> | 'prefix'>()
    byContext.set(binding.when, table)
    for (let length = 1; length < chord.length; length++) setOnce(table, chord.slice(0, length).join(' '), 'prefix')
    setOnce(table, chord.join(' '), binding)
  }
  return {
    bindings,
    lookup(pressed, contexts) {
      for (const context of [...contexts.toReversed(), 'always']) {
        const found = byContext.get(context)?.get(pressed.join(' '))
        if (found === 'prefix') return { kind: 'prefix' }
        if (found !== undefined) return { kind: 'found', binding: found }
      }
      return { kind: 'none' }
    },
  }
}

/** Everything wrong with a table: keys nobody can press, keys given twice in one place, keys a terminal keeps. */
export function checkBindings(bindings: readonly Binding[]): BindingProblem[] {
  const problems: BindingProblem[] = []
  const taken = new Map<string, string>()
  for (const binding of bindings) {
    for (const text of binding.keys) {
      const chord = parseChord(text)
      if (chord === undefined) problems.push({ kind: 'unknown-key', id: binding.id, key: text })
      else problems.push(...checkChord(binding, chord, taken))
    }
  }
  return problems
}

function checkChord(binding: Binding, chord: string[], taken: Map<string, string>): BindingProblem[] {
  const problems: BindingProblem[] = []
  const key = chord.join(' ')
  for (const part of chord) {
    const reason = reserved[part]
    if (reason !== undefined) problems.push({ kind: 'reserved', id: binding.id, key: part, reason })
  }
  for (let length = 1; length <= chord.length; length++) {
    const isWhole = length === chord.length
    const place = `${binding.when}\n${chord.slice(0, length).join(' ')}`
    const other = taken.get(isWhole ? `${place}\nprefix` : place) ?? (isWhole ? taken.get(place) : undefined)
    if (other !== undefined) problems.push({ kind: 'conflict', ids: [other, binding.id], key, when: binding.when })
    taken.set(isWhole ? place : `${place}\nprefix`, binding.id)
  }
  return problems
}

function chordsOf<Id extends string, Context extends string>(bindings: readonly Binding<Id, Context>[]) {
  return bindings.flatMap((binding) =>
    binding.keys.flatMap((text) => {
      const chord = parseChord(text)
      return chord === undefined ? [] : [{ binding, chord }]
    }),
  )
}

function setOnce<Value>(table: Map<string, Value>, key: string, value: Value): void {
  if (!table.has(key)) table.set(key, value)
}
