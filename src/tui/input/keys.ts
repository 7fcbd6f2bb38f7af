/** Names of keys: `ctrl+k`, `shift+enter`, `f5`. One spelling each, so that a binding is a string comparison. */
import type { InputEvent } from './event.ts'

/** Modifiers held with a key. */
export type Modifiers = { ctrl?: boolean; alt?: boolean; shift?: boolean; super?: boolean }

const modifierOrder = ['super', 'ctrl', 'alt', 'shift'] as const

const aliases: Readonly<Record<string, string>> = {
  return: 'enter',
  esc: 'escape',
  del: 'delete',
  ins: 'insert',
  pgup: 'pageup',
  pgdn: 'pagedown',
  control: 'ctrl',
  option: 'alt',
  meta: 'alt',
  cmd: 'super',
}

const named = new Set([
  ...['enter', 'escape', 'tab', 'backspace', 'space', 'up', 'down', 'left', 'right', 'home', 'end'],
  ...['pageup', 'pagedown', 'insert', 'delete', 'menu', 'pause', 'printscreen', 'begin'],
  ...Array.from({ length: 24 }, (_, index) => `f${index + 1}`),
])

/**
 * The name of a key held with modifiers. A capital letter is its small letter with shift; the space is `space`; shift
 * is not named for other characters, since it is already in which character it is (`?`, not `shift+/`).
 */
export function keyName(key: string, modifiers: Modifiers = {}): string {
  const isCapital = key.length === 1 && key !== key.toLowerCase()
  const isSymbol = [...key].length === 1 && key.toLowerCase() === key.toUpperCase()
  const held = { ...modifiers, shift: isCapital || (modifiers.shift === true && !isSymbol) }
  const base = key === ' ' ? 'space' : key.length === 1 ? key.toLowerCase() : key
  if (base === 'space') held.shift = modifiers.shift === true
  return [...modifierOrder.filter((name) => held[name]), base].join('+')
}

/**
 * Any usual spelling of a key to its canonical name, or undefined when it names no key: `Ctrl+Return` → `ctrl+enter`.
 * Behind a modifier the case of a letter says nothing (`Ctrl+K` is `ctrl+k`); alone, `G` is `shift+g`.
 */
export function parseKey(text: string): string | undefined {
  const isPlus = text.endsWith('+')
  const parts = (isPlus ? text.slice(0, -1).replace(/\+$/, '') : text).split('+').filter((part) => part !== '')
  const last = isPlus ? '+' : parts.pop()
  if (last === undefined) return undefined
  const modifiers: Modifiers = {}
  for (const part of parts) {
    const name = aliases[part.toLowerCase()] ?? part.toLowerCase()
    if (!isModifier(name)) return undefined
    modifiers[name] = true
  }
  if ([...last].length === 1) return keyName(parts.length > 0 ? last.toLowerCase() : last, modifiers)
  const key = aliases[last.toLowerCase()] ?? last.toLowerCase()
  return named.has(key) ? keyName(key, modifiers) : undefined
}

function isModifier(name: string): name is keyof Modifiers {
  return (modifierOrder as readonly string[]).includes(name)
}

/**
 * The key names in one event, for a context that takes keys and no text (a list, a dialog). Text that came together is
 * split into its characters; pastes, mouse and focus name no key.
 */
export function keysOf(event: InputEvent): string[] {
  if (event.kind === 'key') return [event.key]
  if (event.kind === 'text') return Array.from(event.text, (character) => keyName(character))
  return []
}
