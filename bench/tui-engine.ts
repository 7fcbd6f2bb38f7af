/** The pure parts of the terminal client: input bytes, streamed markdown, the window over a long transcript, painting. */
import { emptyTokenizer, tokenize } from '../src/tui/input/tokenizer.ts'
import { appendMarkdown, emptyMarkdown, finishMarkdown, markdownRows } from '../src/tui/layout/markdown.ts'
import { createPainter } from '../src/tui/layout/paint.ts'
import type { Row } from '../src/tui/layout/span.ts'
import { HeightIndex, scrollBy, viewAt } from '../src/tui/layout/window.ts'
import { themes } from '../src/tui/theme/themes.ts'
import { report } from './report.ts'
import { longAnswer } from './support/long-answer.ts'

/** Milliseconds of each of these runs, after one that is not counted. */
function time(run: () => void, repetitions = 7): number[] {
  run()
  return Array.from({ length: repetitions }, () => {
    const begin = performance.now()
    run()
    return performance.now() - begin
  })
}

function typeMegabyte(): void {
  const burst = new TextEncoder().encode('hello \x1b[A\x1b[1;5C\x1b[13;2u日本語\x1b[<64;10;10M'.repeat(24))
  let state = emptyTokenizer
  for (let bytes = 0; bytes < 1_000_000; bytes += burst.length)
    state = tokenize(state, { kind: 'bytes', bytes: burst }).state
}

function pasteMegabytes(): void {
  const chunk = new TextEncoder().encode('x'.repeat(1_023).concat('\n'))
  let { state } = tokenize(emptyTokenizer, { kind: 'bytes', bytes: new TextEncoder().encode('\x1b[200~') })
  for (let kilobytes = 0; kilobytes < 4_096; kilobytes++) state = tokenize(state, { kind: 'bytes', bytes: chunk }).state
  tokenize(state, { kind: 'bytes', bytes: new TextEncoder().encode('\x1b[201~') })
}

function streamAnswer(): void {
  let markdown = emptyMarkdown
  for (let at = 0; at < longAnswer.length; at += 16) {
    markdown = appendMarkdown(markdown, longAnswer.slice(at, at + 16))
    markdownRows(markdown, 100)
  }
  markdownRows(finishMarkdown(markdown), 100)
}

const index = new HeightIndex(Array.from({ length: 12_500 }, (_, item) => 4 + (item % 9)))

function scrollThousand(): void {
  let anchor = scrollBy(index, { kind: 'bottom' }, -50_000, 48)
  for (let step = 0; step < 1_000; step++) {
    index.set(step * 12, 4 + (step % 9))
    anchor = scrollBy(index, anchor, step % 2 === 0 ? -3 : 5, 48)
    viewAt(index, anchor, 48)
  }
}

function paintThousand(rows: readonly Row[]): void {
  const paint = createPainter(themes.dark, 'truecolor')
  for (let at = 0; at < 1_000; at++) paint(rows[at % rows.length] as Row)
}

const rows = markdownRows(finishMarkdown(appendMarkdown(emptyMarkdown, longAnswer)), 100)

report('terminal engine', [
  { name: 'tokenizer: 1 MB of keys in bursts of 1 kB', samples: time(typeMegabyte), unit: 'ms', budget: 250 },
  { name: 'tokenizer: a paste of 4 MB in 1 kB reads', samples: time(pasteMegabytes, 3), unit: 'ms', budget: 400 },
  {
    name: `markdown: ${(longAnswer.length / 1_000).toFixed(1)} kB in 16-character flushes`,
    samples: time(streamAnswer),
    unit: 'ms',
    budget: 250,
  },
  {
    name: `window: 1,000 changes and scrolls over ${index.total} rows`,
    samples: time(scrollThousand),
    unit: 'ms',
    budget: 10,
  },
  { name: 'painting 1,000 rows', samples: time(() => paintThousand(rows)), unit: 'ms', budget: 10 },
])
