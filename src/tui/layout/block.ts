/** One markdown block → rows: headings, paragraphs, lists, quotes, code. Tables are in table.ts. */
import type { Token, Tokens } from 'marked'
import { childTokens, inlineSpans, plainText } from './inline.ts'
import { plain, type Row, type Style } from './span.ts'
import { layoutTable } from './table.ts'
import { expandTabs, textWidth } from './width.ts'
import { hardRanges, wrapSpans, wrapText } from './wrap.ts'

const codeStyle: Style = { color: 'code' }
const quoteStyle: Style = { color: 'muted' }
const markerStyle: Style = { color: 'accent' }
const ruleStyle: Style = { color: 'border' }
const headingStyles: readonly Style[] = [
  { color: 'accent', bold: true, underline: true },
  { color: 'accent', bold: true },
  { bold: true },
]

/** Narrowest space worth indenting for; below it, lists and quotes lose their indent. */
const minWidth = 8

export function layoutBlock(token: Token, width: number): Row[] {
  switch (token.type) {
    case 'space':
    case 'def':
      return []
    case 'heading':
      return headingRows(token as Tokens.Heading, width)
    case 'code':
      return codeRows((token as Tokens.Code).text, width)
    case 'list':
      return listRows(token as Tokens.List, width)
    case 'blockquote':
      return quoteRows(token as Tokens.Blockquote, width)
    case 'table':
      return layoutTable(token as Tokens.Table, width)
    case 'hr':
      return [[plain('─'.repeat(Math.min(width, 40)), ruleStyle)]]
    case 'html':
      return wrapText(token.raw.trimEnd(), width).map((text) => [plain(text, quoteStyle)])
    default: {
      const children = childTokens(token)
      return wrapSpans(children ? inlineSpans(children) : [plain(plainText(token))], width)
    }
  }
}

function headingRows(heading: Tokens.Heading, width: number): Row[] {
  return wrapSpans(inlineSpans(heading.tokens, headingStyles[Math.min(heading.depth, headingStyles.length) - 1]), width)
}

/** Code has no gutter and no frame, so that a selection by mouse copies code and nothing else. Long lines wrap hard. */
function codeRows(code: string, width: number): Row[] {
  return code.split('\n').flatMap((line) => {
    const text = expandTabs(line)
    return hardRanges(text, width).map(({ from, to }) => [plain(text.slice(from, to), codeStyle)])
  })
}

/** Blocks inside a list item or a quote; blank rows between them unless the list is tight. */
function childRows(tokens: readonly Token[], width: number, isTight: boolean): Row[] {
  const rows: Row[] = []
  for (const token of tokens) {
    const own = layoutBlock(token, width)
    if (own.length > 0 && rows.length > 0 && !isTight) rows.push([plain('')])
    rows.push(...own)
  }
  return rows
}

function listRows(list: Tokens.List, width: number): Row[] {
  const markers = list.items.map((item, index) => marker(list, item, index))
  const indent = Math.max(...markers.map(textWidth))
  const isNarrow = width - indent < minWidth
  return list.items.flatMap((item, index) => {
    const tokens = item.tokens.filter((token) => token.type !== 'checkbox').map(withoutCheckbox)
    const rows = childRows(tokens, isNarrow ? width : width - indent, !item.loose)
    const first = plain((markers[index] ?? '').padEnd(indent), markerStyle)
    const rest = plain(' '.repeat(indent))
    const lines = rows.length > 0 ? rows : [[]]
    const marked = lines.map((row, at): Row => (at === 0 ? [first, ...row] : isNarrow ? row : [rest, ...row]))
    const fitted = isNarrow ? marked.flatMap((row) => wrapSpans(row, width)) : marked
    return list.loose && index > 0 ? [[plain('')], ...fitted] : fitted
  })
}

function marker(list: Tokens.List, item: Tokens.ListItem, index: number): string {
  const check = item.task ? (item.checked ? '☑ ' : '☐ ') : ''
  if (!list.ordered) return check || '• '
  return `${Number(list.start || 1) + index}. ${check}`
}

/** In a loose list marked 18 puts the checkbox among the words of the item's first paragraph. */
function withoutCheckbox(token: Token): Token {
  const children = childTokens(token)
  if (!children?.some((child) => child.type === 'checkbox')) return token
  return { ...token, tokens: children.filter((child) => child.type !== 'checkbox') } as Token
}

function quoteRows(quote: Tokens.Blockquote, width: number): Row[] {
  if (width - 2 < minWidth) return childRows(quote.tokens, width, false)
  const bar = plain('│ ', ruleStyle)
  return childRows(quote.tokens, width - 2, false).map((row) => [
    bar,
    ...row.map((span) => (span.style ? span : plain(span.text, quoteStyle))),
  ])
}
