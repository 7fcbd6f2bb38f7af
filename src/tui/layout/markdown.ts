/**
 * Markdown as it streams in. Blocks that no later text can change are frozen; each time only the tail is read again, and
 * a block's rows are laid out once per width. At the end the whole is read once more, so what stays on screen is always
 * what a full reading gives.
 */
import { Lexer, type Token, type TokensList } from 'marked'
import { layoutBlock } from './block.ts'
import { showControls } from './sanitize.ts'
import { plain, type Row } from './span.ts'

/** One top-level block. Its identity is the key of its cached rows. */
export type Block = { readonly raw: string; readonly token: Token }

/** A text being written. `raw` is the safe text so far; `frozen` blocks cover its first `frozenLength` UTF-16 units. */
export type Markdown = {
  readonly raw: string
  readonly frozen: readonly Block[]
  readonly frozenLength: number
  readonly tail: readonly Block[]
  readonly links: TokensList['links']
}

export const emptyMarkdown: Markdown = { raw: '', frozen: [], frozenLength: 0, tail: [], links: {} }

/** Reads a finished text. Control, bidi and invisible characters become visible signs first. */
export function parseMarkdown(text: string): Markdown {
  const raw = showControls(text)
  const { blocks, links } = lex(raw, {})
  return { raw, frozen: blocks, frozenLength: raw.length, tail: [], links }
}

/** The same text with more at its end. Costs what the unfinished tail costs, however long the text is. */
export function appendMarkdown(markdown: Markdown, delta: string): Markdown {
  const raw = joinSafe(markdown.raw, delta)
  const start = markdown.frozenLength
  const { blocks, links } = lex(raw.slice(start), markdown.links)
  const count = countFinished(blocks)
  const finished = blocks.slice(0, count)
  return {
    raw,
    frozen: count === 0 ? markdown.frozen : [...markdown.frozen, ...finished],
    frozenLength: start + finished.reduce((sum, block) => sum + block.raw.length, 0),
    tail: keepSame(markdown.tail, blocks.slice(count)),
    links,
  }
}

/** No more will come: one full reading, blocks that came out the same keep their rows. */
export function finishMarkdown(markdown: Markdown): Markdown {
  const whole = parseMarkdown(markdown.raw)
  return { ...whole, frozen: keepSame([...markdown.frozen, ...markdown.tail], whole.frozen) }
}

/** All rows at this width, one blank row between blocks. */
export function markdownRows(markdown: Markdown, width: number): Row[] {
  const rows: Row[] = []
  for (const blocks of [markdown.frozen, markdown.tail]) {
    for (const block of blocks) {
      const own = blockRows(block, width)
      if (own.length === 0) continue
      if (rows.length > 0) rows.push(blankRow)
      for (const row of own) rows.push(row)
    }
  }
  return rows
}

const blankRow: Row = [plain('')]

const laidOut = new WeakMap<Block, { width: number; rows: readonly Row[] }>()

function blockRows(block: Block, width: number): readonly Row[] {
  const found = laidOut.get(block)
  if (found?.width === width) return found.rows
  const rows = layoutBlock(block.token, Math.max(1, width))
  laidOut.set(block, { width, rows })
  return rows
}

/** A `\r` at the end of one piece and `\n` at the start of the next are one line end. */
function joinSafe(raw: string, delta: string): string {
  const isCut = raw.endsWith('␍') && delta.startsWith('\n')
  return (isCut ? raw.slice(0, -1) : raw) + showControls(delta)
}

/** Link definitions of earlier blocks hold in later ones. */
function lex(text: string, links: TokensList['links']): { blocks: Block[]; links: TokensList['links'] } {
  const lexer = new Lexer()
  Object.assign(lexer.tokens.links, links)
  const list = lexer.lex(text)
  return { blocks: list.map((token) => ({ raw: token.raw, token })), links: { ...list.links } }
}

/**
 * How many blocks from the start no later text can change: those up to a blank line that is followed by a whole line.
 * Short of that, a line may yet turn out to underline a heading, to continue a list, or to be a table's first row.
 */
function countFinished(blocks: readonly Block[]): number {
  let after = ''
  for (let index = blocks.length - 1; index >= 0; index--) {
    const { raw } = blocks[index] as Block
    if (/\n[ \t]*\n[ \t]*$/.test(raw) && /\S[^\n]*\n/.test(after)) return index + 1
    after = raw + after
  }
  return 0
}

/** Blocks read again that came out as before are the old ones, rows and all. */
function keepSame(old: readonly Block[], next: readonly Block[]): Block[] {
  return next.map((block, index) => {
    const before = old[index]
    return before !== undefined && isSame(before, block) && isSelfContained(block) ? before : block
  })
}

/** The same characters can read differently by what follows them: `    x` after a line is indented until a `-` comes. */
function isSame(a: Block, b: Block): boolean {
  return a.raw === b.raw && a.token.type === b.token.type && textOf(a.token) === textOf(b.token)
}

function textOf(token: Token): string | undefined {
  return 'text' in token ? token.text : undefined
}

/** A reference `[x]` may read differently once its definition is there. */
function isSelfContained(block: Block): boolean {
  return !block.raw.includes('[') || block.token.type === 'code'
}
