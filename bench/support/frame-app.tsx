/**
 * The shape of our screen without the product: a transcript of 100,000 rows of which the visible ones are mounted, an
 * answer streaming in at 100 tokens a second once `F5` was pressed, and a composer. It measures Ink and the engine.
 */
import { Box, Text, useCursor } from 'ink'
import { memo, useSyncExternalStore } from 'react'
import { systemClock } from '../../src/shared/std/clock.ts'
import { emptyEditor, reduce } from '../../src/tui/input/editor.ts'
import { editorView } from '../../src/tui/input/editor-view.ts'
import type { InputEvent } from '../../src/tui/input/event.ts'
import { KeyReader } from '../../src/tui/input/stdin.ts'
import { appendMarkdown, emptyMarkdown, markdownRows } from '../../src/tui/layout/markdown.ts'
import { createPainter } from '../../src/tui/layout/paint.ts'
import { type Anchor, HeightIndex, scrollBy, viewAt } from '../../src/tui/layout/window.ts'
import { BodyRows, type LineSource } from '../../src/tui/terminal/body-rows.tsx'
import { mountInk } from '../../src/tui/terminal/mount.ts'
import { Screen } from '../../src/tui/terminal/screen.ts'
import { themes } from '../../src/tui/theme/themes.ts'
import { longAnswer } from './long-answer.ts'

const screen = new Screen(process.stdout, systemClock)
const paint = createPainter(themes.dark, 'truecolor')
const finished = markdownRows(appendMarkdown(emptyMarkdown, longAnswer), screen.columns)
const items = Math.floor(100_000 / finished.length)
const index = new HeightIndex([...Array<number>(items).fill(finished.length), 0])
const viewRows = screen.rows - 4

let editor = emptyEditor
let markdown = emptyMarkdown
let rows = markdownRows(markdown, screen.columns)
let anchor: Anchor = { kind: 'bottom' }
let tokens = 0
let isDirty = false
const frames: number[] = []

/** Told to those who look at one thing: the transcript, the composer, the status line. */
class Signal {
  version = 0
  readonly #listeners = new Set<() => void>()

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  notify(): void {
    this.version += 1
    for (const listener of this.#listeners) listener()
  }
}

const transcript = new Signal()
const composer = new Signal()
const status = new Signal()

function useSignal(signal: Signal): void {
  useSyncExternalStore(signal.subscribe, () => signal.version)
}

const Line = memo(({ text }: { text: string }) => <Text wrap="truncate">{text}</Text>)

let lines: readonly string[] = []

/** The painted rows that show, in an array of its own each time. */
function layOut(): void {
  lines = viewAt(index, anchor, viewRows).slices.flatMap(({ item, from, to }) =>
    (item === items ? rows : finished).slice(from, to).map(paint),
  )
}

const source: LineSource = { subscribe: transcript.subscribe, lines: () => lines }

function Composer() {
  useSignal(composer)
  const { setCursorPosition } = useCursor()
  const view = editorView(editor, screen.columns - 2)
  const shown = view.rows.slice(-2)
  setCursorPosition({ x: 2 + view.caret.column, y: viewRows + 1 + view.caret.row - (view.rows.length - shown.length) })
  return (
    <Box flexDirection="column" height={2}>
      {shown.map((row, slot) => (
        <Line key={slot} text={`> ${paint(row)}`} />
      ))}
    </Box>
  )
}

function Status() {
  useSignal(status)
  return <Line text={`tokens ${tokens}`} />
}

function App() {
  return (
    <Box flexDirection="column" height={screen.rows} width={screen.columns}>
      <Line text="clawdbot  local  0.3 ms" />
      <BodyRows top={1} height={viewRows} source={source} isCovered={process.argv.includes('--through-ink')} />
      <Composer />
      <Status />
    </Box>
  )
}

function onEvents(events: readonly InputEvent[]): void {
  for (const event of events) {
    if (event.kind === 'text') editor = reduce(editor, { op: 'insert', text: event.text })
    if (event.kind === 'key' && event.key === 'ctrl+u') editor = reduce(editor, { op: 'kill', to: 'all' })
    if (event.kind === 'key' && event.key === 'f5') startStreaming()
    if (event.kind === 'key' && event.key === 'pageup') scroll(-5)
    if (event.kind === 'key' && event.key === 'ctrl+q') finish()
  }
  composer.notify()
}

function scroll(rows: number): void {
  anchor = scrollBy(index, anchor, rows, viewRows)
  layOut()
  transcript.notify()
}

/** Four characters a token, one token every 10 ms; drawn at most every 33 ms. */
function startStreaming(): void {
  let at = 0
  const begin = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor((performance.now() - begin) / 10)
    let delta = ''
    for (; tokens < due && at < longAnswer.length; tokens++, at += 4) delta += longAnswer.slice(at, at + 4)
    if (at >= longAnswer.length) clearInterval(timer)
    if (delta === '') return
    pending += delta
    isDirty = true
  }, 10)
  setInterval(() => {
    if (!isDirty || screen.isBusy) return
    markdown = appendMarkdown(markdown, pending)
    pending = ''
    rows = markdownRows(markdown, screen.columns)
    index.set(items, rows.length)
    isDirty = false
    layOut()
    transcript.notify()
  }, 33).unref()
  setInterval(() => status.notify(), 250).unref()
}
let pending = ''

function finish(): void {
  const { user, system } = process.cpuUsage()
  const mean = frames.reduce((sum, ms) => sum + ms, 0) / Math.max(1, frames.length)
  process.stderr.write(
    JSON.stringify({
      cpuMs: (user + system) / 1_000,
      frames: frames.length,
      frameMs: mean,
      rss: process.memoryUsage().rss,
      tokens,
    }),
  )
  ink.unmount()
  process.exit(0)
}

new KeyReader({
  input: process.stdin,
  write: (sequence) => void process.stdout.write(sequence),
  clock: systemClock,
  onEvents,
  onReply: () => {},
  onEnd: finish,
}).reclaim()
layOut()
const ink = mountInk(<App />, { screen, isFullScreen: true, onFrame: (ms) => void frames.push(ms) })
