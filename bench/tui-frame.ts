/**
 * Key echo and frame cost through a real pty: our screen's shape on stock Ink, bundled as the product is, on Linux.
 * Arguments: `--seconds 10` of streaming, `--through-ink` to mount the transcript's rows in Ink for comparison.
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { openPty } from '../test/support/pty.ts'
import { type Figure, percentile, report } from './report.ts'

const root = join(import.meta.dirname, '..')
const seconds = Number(process.argv[process.argv.indexOf('--seconds') + 1]) || 10
const keys = 200
const mode = process.argv.includes('--through-ink') ? '--through-ink' : '--past-ink'

async function bundle(folder: string): Promise<string> {
  const outfile = join(folder, 'app.mjs')
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/support/frame-app.tsx'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    jsx: 'automatic',
    alias: { 'react-devtools-core': join(root, 'scripts/build/empty.ts') },
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
    logLevel: 'warning',
  })
  return outfile
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Milliseconds from the key's byte to its character on the glass, for keys at uneven times. */
async function echoes(pty: ReturnType<typeof openPty>, count: number, row: number): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < count; index++) {
    if (index % 50 === 0) {
      pty.send('\x15')
      await pty.until(() => pty.terminal.row(row).trim() === '>')
    }
    await pause(20 + ((index * 7) % 31))
    const typed = (index % 50) + 1
    const begin = performance.now()
    pty.send('x')
    await pty.until(() => pty.terminal.row(row).endsWith('x'.repeat(typed)))
    samples.push(performance.now() - begin)
  }
  return samples
}

async function measure(app: string, columns: number, rows: number): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'clawdbot-frame-'))
  const figures = join(folder, 'figures.json')
  try {
    await using pty = openPty('/bin/sh', ['-c', `exec "$0" "$1" "$3" 2> "$2"`, process.execPath, app, figures, mode], {
      columns,
      rows,
    })
    const firstPaint = await pty.until('tokens 0')
    const composerRow = rows - 3
    const rssAtStart = rssMb(pty.pid)
    const idle = await echoes(pty, keys, composerRow)
    const cpuBefore = cpuMs(pty.pid)
    const bytesBefore = pty.statistics.bytes
    pty.send('\x1b[15~')
    await pause(seconds * 1_000)
    const cpuStream = cpuMs(pty.pid) - cpuBefore
    const bytes = pty.statistics.bytes - bytesBefore
    const tokens = Number(/tokens (\d+)/.exec(pty.text())?.[1] ?? 0)
    const busy = await echoes(pty, keys, composerRow)
    pty.send('\x11')
    await pty.exited
    const own = JSON.parse(readFileSync(figures, 'utf8').match(/\{.*\}/)?.[0] ?? '{}')
    const size = `${columns}x${rows}`
    return [
      { name: `${size} first paint`, samples: [firstPaint], unit: 'ms' },
      { name: `${size} key echo idle, p50`, samples: [percentile(idle, 0.5)], unit: 'ms' },
      { name: `${size} key echo idle, p99`, samples: [percentile(idle, 0.99)], unit: 'ms', budget: 16 },
      { name: `${size} key echo at 100 tokens/s, p50`, samples: [percentile(busy, 0.5)], unit: 'ms' },
      { name: `${size} key echo at 100 tokens/s, p99`, samples: [percentile(busy, 0.99)], unit: 'ms', budget: 33 },
      { name: `${size} CPU per 10,000 tokens`, samples: [(cpuStream / tokens) * 10], unit: 's', budget: 8 },
      { name: `${size} bytes per streamed frame`, samples: [bytes / (seconds * 30)], unit: 'B', budget: 400 },
      { name: `${size} Ink's own time per frame, mean`, samples: [own.frameMs], unit: 'ms', budget: 4.5 },
      { name: `${size} RSS at start`, samples: [rssAtStart], unit: 'MB', budget: 110 },
      { name: `${size} RSS after the stream`, samples: [own.rss / 1e6], unit: 'MB', budget: 160 },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_000
}

/** CPU time that a process has used, from the kernel's ticks of 10 ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const folder = await mkdtemp(join(tmpdir(), 'clawdbot-frame-'))
try {
  const app = await bundle(folder)
  for (const [columns, rows] of [
    [120, 40],
    [160, 50],
  ] as const)
    report(`frame ${columns}x${rows}`, await measure(app, columns, rows))
} finally {
  await rm(folder, { recursive: true, force: true })
}
