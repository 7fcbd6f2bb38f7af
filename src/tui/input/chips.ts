/**
 * Long pastes as chips: in the editor's text a chip is one private character, so that moving, deleting and undoing treat
 * it as one; what was pasted is kept beside it and is what gets sent.
 */

/** A paste with more lines than this, or longer than `maxInlineUnits`, becomes a chip. */
const maxInlineLines = 10
const maxInlineUnits = 2_000

/** Characters for chips: the end of plane 16, where no font or person puts anything. */
const firstChip = 0x10f000
const lastChip = 0x10fffd

export type Chips = ReadonlyMap<string, string>

export const isChip = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0
  return code >= firstChip && code <= lastChip
}

/** Copied lines bring the last one's end along; behind it is no line. */
const countLines = (text: string): number => text.replace(/\n$/, '').split('\n').length

export function deservesChip(text: string): boolean {
  return text.length > maxInlineUnits || countLines(text) > maxInlineLines
}

/** The chips with one more, and its character. Undefined when all are taken: then the text goes in as it is. */
export function addChip(chips: Chips, content: string): { chips: Chips; character: string } | undefined {
  const code = firstChip + chips.size
  if (code > lastChip) return undefined
  const character = String.fromCodePoint(code)
  return { chips: new Map([...chips, [character, content]]), character }
}

/** What a chip shows. */
export function chipLabel(content: string): string {
  const lines = countLines(content)
  return lines > 1 ? `[${lines} lines pasted]` : `[${content.length} characters pasted]`
}

/** The text with every chip as what was pasted. */
export function expandChips(text: string, chips: Chips): string {
  if (chips.size === 0) return text
  return text.replace(/[\u{10f000}-\u{10fffd}]/gu, (character) => chips.get(character) ?? '')
}

/** Typed or pasted text as the editor holds it: line ends as `\n`, no other control, no order-changing, no chip character. */
export function cleanInput(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\u2028\u2029]|[\u{10f000}-\u{10fffd}]/gu, '')
    .toWellFormed()
}
