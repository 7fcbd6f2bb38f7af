/** A real terminal emulator without a window (xterm's own core), for tests that assert what a person would see. */
import xterm, { type IBufferCell, type IUnicodeVersionProvider } from '@xterm/headless'
import stringWidth from 'string-width'

export type Cell = {
  text: string
  bold: boolean
  italic: boolean
  underline: boolean
  inverse: boolean
  dim: boolean
  /** `default`, a palette number, or `#rrggbb`. */
  color: string | number
  background: string | number
}

/** `joins`: draws what is joined to a cluster as one sign, as newer terminals do and as we count; else every sign by itself. */
type TerminalOptions = { columns: number; rows: number; joins?: boolean }

export type Terminal = ReturnType<typeof openTerminal>

/** Opens one. A line feed also returns, as the tty's output processing makes it. `sideEffects` lists what the output did beside drawing: answers drawn out, titles, bells, clipboard. */
export function openTerminal({ columns, rows, joins = true }: TerminalOptions) {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    scrollback: 1_000,
    convertEol: true,
  })
  terminal.unicode.register(clusters)
  if (joins) terminal.unicode.activeVersion = clusters.version
  const effects: string[] = []
  const answerListeners = new Set<(bytes: string) => void>()
  terminal.onTitleChange((title) => effects.push(`title ${title}`))
  terminal.onBell(() => effects.push('bell'))
  terminal.onData((bytes) => {
    effects.push(`answer ${JSON.stringify(bytes)}`)
    for (const listener of answerListeners) listener(bytes)
  })
  for (const number of [4, 7, 8, 9, 10, 11, 12, 50, 52, 99, 104, 133, 777, 1337]) {
    terminal.parser.registerOscHandler(number, (body) => {
      effects.push(`osc ${number};${body}`)
      return false
    })
  }

  const line = (row: number) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)
  /** A row as seen; after the window became narrower xterm keeps cells that are beyond its edge. */
  const rowText = (row: number): string => (line(row)?.translateToString(false, 0, terminal.cols) ?? '').trimEnd()

  return {
    get columns() {
      return terminal.cols
    },
    get rows() {
      return terminal.rows
    },
    /** Draws, and resolves when it is drawn. */
    write: (text: string | Uint8Array) => new Promise<void>((done) => terminal.write(text, done)),
    resize: (size: { columns: number; rows: number }) => terminal.resize(size.columns, size.rows),
    /** What the terminal sends back by itself (answers to questions). */
    onAnswer(listener: (bytes: string) => void): void {
      answerListeners.add(listener)
    },
    row: rowText,
    /** The whole screen; rows without their trailing spaces. */
    screen: (): string => Array.from({ length: terminal.rows }, (_, row) => rowText(row)).join('\n'),
    cell(row: number, column: number): Cell {
      const cell = line(row)?.getCell(column)
      if (!cell) throw new Error(`no cell at ${row}:${column}`)
      return describe(cell)
    },
    cursor: () => ({
      row: terminal.buffer.active.cursorY,
      column: terminal.buffer.active.cursorX,
      isVisible: isCursorVisible(terminal),
    }),
    isAlternate: (): boolean => terminal.buffer.active.type === 'alternate',
    modes: () => terminal.modes,
    sideEffects: (): string[] => [...effects],
    async [Symbol.asyncDispose]() {
      terminal.dispose()
    },
  }
}

const joined = /^[\p{M}\p{Emoji_Modifier}\u200d]$/u
const [joiner, asPicture] = [0x200d, 0xfe0f]

/** Widths of signs and of what is joined to them, in xterm's packing: kind << 3 | width << 1 | whether it joins. */
const clusters: IUnicodeVersionProvider = {
  version: 'clusters',
  wcwidth: (code) => Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2,
  charProperties(code, preceding) {
    const isJoined = preceding !== 0 && (preceding >> 3 === joiner || joined.test(String.fromCodePoint(code)))
    const before = isJoined ? (preceding >> 1) & 3 : 0
    const width = code === asPicture ? 2 : Math.max(before, clusters.wcwidth(code))
    return ((code === joiner ? joiner : 0) << 3) | (width << 1) | (isJoined ? 1 : 0)
  },
}

/** xterm keeps this mode out of its public API; asking with DECRQM would need a round trip per look. */
function isCursorVisible(terminal: xterm.Terminal): boolean {
  const core: unknown = Reflect.get(terminal, '_core')
  const service: unknown = core instanceof Object ? Reflect.get(core, 'coreService') : undefined
  return !(service instanceof Object && Reflect.get(service, 'isCursorHidden') === true)
}

function describe(cell: IBufferCell): Cell {
  return {
    text: cell.getChars(),
    bold: cell.isBold() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
    dim: cell.isDim() !== 0,
    color: colorOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
    background: colorOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
  }
}

function colorOf(isDefault: boolean, isRgb: boolean, value: number): string | number {
  if (isDefault) return 'default'
  return isRgb ? `#${value.toString(16).padStart(6, '0')}` : value
}
