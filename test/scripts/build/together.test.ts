/** What a usual start loads is in few files, and nobody loads for that what they hardly use. */
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { expect, test } from 'vitest'
import { startsOf, together } from '../../../scripts/build/together.ts'

const long = 'x'.repeat(900)
const sources = {
  'src/bin/clawdbot.ts': `for (const load of [() => import('../cli/health.ts'), () => import('../cli/config.ts'), () => import('../exec/run.ts'), () => import('../tui/start.tsx')]) await load()`,
  'src/cli/health.ts': `import { ask } from '../client/ask.ts'; import { frame } from '../client/frame.ts'; import { port } from '../shared/port.ts'; console.log(ask, frame, port)`,
  'src/cli/config.ts': `import { ask } from '../client/ask.ts'; import { text } from '../shared/text.ts'; console.log(ask, text)`,
  'src/exec/run.ts': `import { frame } from '../client/frame.ts'; import { port } from '../shared/port.ts'; console.log(frame, port)`,
  'src/tui/start.tsx': `import { ask } from '../client/ask.ts'; import { frame } from '../client/frame.ts'; import { port } from '../shared/port.ts'; console.log(ask, frame, port)`,
  'src/client/ask.ts': `import { pack } from 'pack'; export const ask = [pack(), '${long}']`,
  'src/client/frame.ts': `import { pack } from 'pack'; export const frame = pack()`,
  'src/shared/port.ts': `import { text } from './text.ts'; export const port = [text]`,
  'src/shared/text.ts': `export const text = globalThis.text`,
  'node_modules/pack/index.js': `export const pack = () => globalThis.packed`,
}

async function writeSources(folder: string, texts: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function bundle(folder: string, plugins: Plugin[]) {
  const { metafile } = await build({
    ...{ absWorkingDir: folder, entryPoints: ['src/bin/clawdbot.ts'], outdir: 'dist', bundle: true, format: 'esm' },
    ...{ splitting: true, metafile: true, outExtension: { '.js': '.mjs' }, logLevel: 'silent', plugins },
  })
  /** The sources that an entry has loaded once it runs, a list for each file. */
  const loadedBy = (entry: string): string[][] => {
    const { imports = [] } = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === entry) ?? {}
    const chunks = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => metafile.outputs[path])
    return chunks.map((chunk) => Object.keys(chunk?.inputs ?? {}).sort()).sort()
  }
  return { metafile, loadedBy }
}

test('what a start loads becomes one chunk, and what every entry needs another', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'together-'))
  await writeSources(folder.path, sources)
  const plain = await bundle(folder.path, [])
  expect(plain.loadedBy('src/cli/config.ts')).toEqual([
    ['node_modules/pack/index.js', 'src/shared/text.ts'],
    ['src/client/ask.ts'],
  ])
  expect(plain.loadedBy('src/exec/run.ts')).toEqual([
    ['node_modules/pack/index.js', 'src/shared/text.ts'],
    ['src/client/frame.ts', 'src/shared/port.ts'],
  ])
  const { loadedBy } = await bundle(folder.path, [together(folder.path, startsOf(plain.metafile))])
  const everyEntry = ['node_modules/pack/index.js', 'src/client/frame.ts', 'src/shared/port.ts', 'src/shared/text.ts']
  expect(loadedBy('src/cli/health.ts')).toEqual([everyEntry, ['src/client/ask.ts']])
  expect(loadedBy('src/cli/config.ts')).toEqual(loadedBy('src/cli/health.ts'))
  expect(loadedBy('src/exec/run.ts')).toEqual([everyEntry]) // it has no use for the most of that start
})

test('an entry that a start is made of does not load it: it would run after what needs it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'together-'))
  const needing = `import { Fault } from '../shared/fault.ts'; export const known = new Fault()`
  await writeSources(folder.path, {
    'src/bin/clawdbot.ts': `const starts = [() => import('../shared/fault.ts'), () => import('../cli/health.ts'), () => import('../cli/config.ts'), () => import('../tui/start.tsx')]; for (const load of starts) await load()`,
    'src/cli/health.ts': `import { known } from '../client/known.ts'; globalThis.told = known`,
    'src/cli/config.ts': `import { known } from '../client/known.ts'; globalThis.told = known`,
    'src/tui/start.tsx': `import { known } from '../client/known.ts'; globalThis.told = known`,
    'src/client/known.ts': needing,
    'src/shared/fault.ts': `export class Fault {}`,
  })
  const { metafile } = await bundle(folder.path, [])
  await bundle(folder.path, [together(folder.path, startsOf(metafile))])
  await import(join(folder.path, 'dist/clawdbot.mjs'))
  expect(globalThis).toHaveProperty('told')
})

test('a usual start that is not there any more is told', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'together-'))
  await writeSources(folder.path, { 'src/bin/clawdbot.ts': `await import('../cli/new.ts')`, 'src/cli/new.ts': '' })
  const { metafile } = await bundle(folder.path, [])
  expect(() => startsOf(metafile)).toThrow('src/cli/health.ts is a usual start')
})
