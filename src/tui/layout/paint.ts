/** Spans → ANSI: the one place where a meaning becomes a color. */
import { colorSgr } from '../theme/sgr.ts'
import type { ColorDepth, Theme } from '../theme/tokens.ts'
import { isSafe, showControls } from './sanitize.ts'
import type { Row, Style } from './span.ts'

/** Paints rows in one theme. A row painted before is found again, by identity. */
export type Painter = (row: Row) => string

export function createPainter(theme: Theme, depth: ColorDepth): Painter {
  const painted = new WeakMap<Row, string>()
  const opened = new Map<Style, string>()
  const open = (style: Style): string => {
    const found = opened.get(style)
    if (found !== undefined) return found
    const sgr = styleSgr(style, theme, depth)
    if (opened.size < 1_000) opened.set(style, sgr)
    return sgr
  }
  return (row) => {
    const found = painted.get(row)
    if (found !== undefined) return found
    const text = row.map((span) => paintText(span.text, span.style ? open(span.style) : '')).join('')
    painted.set(row, text)
    return text
  }
}

/** Nothing unsafe passes here, whoever forgot to sanitize it before. */
function paintText(text: string, sgr: string): string {
  const safe = isSafe(text) && !/[\n\t]/.test(text) ? text : showControls(text).replace(/[\n\t]/g, ' ')
  return sgr === '' ? safe : `\x1b[${sgr}m${safe}\x1b[0m`
}

/** What should stand back, in a theme that has no color for it. */
function isQuiet({ color }: Style, theme: Theme): boolean {
  return (color === 'muted' || color === 'border') && theme.colors[color] === 'default'
}

/** SGR parameters of a style. Without color, what was only colored as selection is inverse. */
function styleSgr(style: Style, theme: Theme, depth: ColorDepth): string {
  const background = style.background ? colorSgr(theme.colors[style.background], depth, 'background') : ''
  const isInverse = style.inverse || (style.background !== undefined && background === '')
  return [
    style.bold ? '1' : '',
    style.italic ? '3' : '',
    style.underline ? '4' : '',
    isInverse ? '7' : '',
    style.strike ? '9' : '',
    isQuiet(style, theme) && depth !== 'none' ? '2' : '',
    style.color ? colorSgr(theme.colors[style.color], depth, 'foreground') : '',
    background,
  ]
    .filter((part) => part !== '')
    .join(';')
}
