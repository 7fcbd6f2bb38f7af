/** A terminal as a picture: every cell where it is, whatever font the reader has. */

import type { Pty } from '../../test/support/pty.ts'
import type { Cell } from '../../test/support/terminal.ts'

const cell = { width: 8.4, height: 18 }
const margin = 16
const paper = '#11151c'
const ink = '#d8dee9'

/** The sixteen colours of the picture's terminal; the cube and the greys follow their rule. */
const palette =
  '2e3440 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 abb2bf 5c6370 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 ffffff'.split(
    ' ',
  )

function colour(value: string | number, fallback: string): string {
  if (typeof value === 'string') return value === 'default' ? fallback : value
  const parts = value < 16 ? undefined : value >= 232 ? Array(3).fill(8 + (value - 232) * 10) : cube(value - 16)
  if (!parts) return `#${palette[value] ?? ''}`
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`
}

function cube(index: number): number[] {
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map((step) => (step === 0 ? 0 : 55 + step * 40))
}

const markup = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** One `<text>` per cell run of one style keeps columns exact whatever font the reader has. */
function rowSvg(cells: readonly Cell[], row: number): string {
  const parts: string[] = []
  for (let start = 0; start < cells.length; ) {
    const style = styleOf(cells[start] as Cell)
    let end = start + 1
    while (end < cells.length && JSON.stringify(styleOf(cells[end] as Cell)) === JSON.stringify(style)) end++
    const text = cells
      .slice(start, end)
      .map((each) => each.text || ' ')
      .join('')
    const [x, y] = [margin + start * cell.width, margin + row * cell.height]
    const width = (end - start) * cell.width
    if (style.background !== paper)
      parts.push(
        `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${cell.height}" fill="${style.background}"/>`,
      )
    if (text.trim() !== '') {
      const weight = style.bold ? ' font-weight="bold"' : ''
      const opacity = style.dim ? ' opacity="0.6"' : ''
      parts.push(
        `<text x="${x.toFixed(1)}" y="${y + 13}" textLength="${width.toFixed(1)}" lengthAdjust="spacingAndGlyphs" fill="${style.colour}"${weight}${opacity} xml:space="preserve">${markup(text)}</text>`,
      )
    }
    start = end
  }
  return parts.join('')
}

function styleOf({ color, background, inverse, bold, dim }: Cell) {
  const [front, back] = [colour(color, ink), colour(background, paper)]
  return inverse ? { colour: back, background: front, bold, dim } : { colour: front, background: back, bold, dim }
}

/** `title` is for those who do not see it. */
export function draw(screen: Pty, title: string): string {
  const { columns, rows: lines } = screen.terminal
  const width = Math.ceil(columns * cell.width + 2 * margin)
  const height = lines * cell.height + 2 * margin
  const rows = Array.from({ length: lines }, (_, row) =>
    rowSvg(
      Array.from({ length: columns }, (_, column) => screen.terminal.cell(row, column)),
      row,
    ),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13.5">`,
    `<title>${markup(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${paper}"/>`,
    ...rows.filter((row) => row !== ''),
    '</svg>\n',
  ].join('\n')
}
