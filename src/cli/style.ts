/** Words on a plain terminal: columns, and nothing from afar that could move the cursor. Pure. */

/** Control characters, escape sequences' first bytes, and marks that reverse or hide text (Unicode TR 9). */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/g

/** Text from a gateway or a model, harmless on a terminal: newlines and tabs stay, other controls show as `\x1b`. */
export function harmless(text: string): string {
  return text.replace(unsafe, (char) => {
    const code = char.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The same on one line. */
export function oneLine(text: string): string {
  return harmless(text.replaceAll('\r', '')).replaceAll(/[\n\t]+/g, ' ')
}

/** Rows in aligned columns with a heading, two spaces between; the last column is not padded. */
export function columns(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows].map((row) => row.map(oneLine))
  const widths = heading.map((_, i) => Math.max(...all.map((row) => cells(row[i] ?? ''))))
  const lines = all.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - cells(cell))))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** Signs of two cells: East Asian ones (Unicode TR 11) and pictures. Starting a command loads no package for this. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u

/** How many cells a text takes; a picture that is joined of several counts as each of them. */
function cells(text: string): number {
  let count = 0
  for (const sign of text.replaceAll(/\p{M}/gu, '')) count += wide.test(sign) ? 2 : 1
  return count
}

/** `name: value` lines, values aligned; undefined values are left out. */
export function facts(pairs: readonly (readonly [string, string | undefined])[]): string {
  const known = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
  const width = Math.max(0, ...known.map(([name]) => name.length)) + 2
  return known.map(([name, value]) => `  ${`${name}:`.padEnd(width)}${oneLine(value)}\n`).join('')
}

/** `1.2 MB`; of less than one, `12 kB`. */
export function sizeText(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1000)} kB`
}
