/** The build must refuse a program that loads at once what it promised to load lazily. */
import type { Metafile } from 'esbuild'
import { expect, test } from 'vitest'
import { packageOf, splitBreaches, staticPackages } from '../../../scripts/build/graph.ts'

type Import = Metafile['outputs'][string]['imports'][number]

function output(entryPoint: string | undefined, inputs: string[], imports: Import[] = []): Metafile['outputs'][string] {
  const used = Object.fromEntries(inputs.map((path) => [path, { bytesInOutput: 1 }]))
  return { bytes: 1, exports: [], imports, inputs: used, ...(entryPoint === undefined ? {} : { entryPoint }) }
}

function metafile(outputs: Metafile['outputs']): Metafile {
  return { inputs: {}, outputs }
}

const ink = output(undefined, ['node_modules/ink/build/index.js', 'node_modules/react/index.js'])

test('a line command that reaches Ink through a shared chunk is named with the packages it loads', () => {
  const meta = metafile({
    'health.js': output('src/cli/health.ts', ['src/cli/health.ts'], [{ path: 'middle.js', kind: 'import-statement' }]),
    'middle.js': output(undefined, ['src/shared/x.ts'], [{ path: 'ink.js', kind: 'import-statement' }]),
    'ink.js': ink,
  })
  expect(splitBreaches(meta)).toEqual([
    {
      rule: 'a line command loads neither the screen nor a model SDK',
      entry: 'src/cli/health.ts',
      packages: ['ink', 'react'],
    },
  ])
})

test('the same package behind import() is fine', () => {
  const meta = metafile({
    'clawdbot.js': output('src/bin/clawdbot.ts', ['src/bin/clawdbot.ts'], [{ path: 'ink.js', kind: 'dynamic-import' }]),
    'ink.js': ink,
  })
  expect(splitBreaches(meta)).toEqual([])
})

test.each([
  ['src/bin/clawdbot.ts', 'node_modules/zod/index.js'],
  ['src/cli/health.ts', 'node_modules/ai/dist/index.mjs'],
  ['src/tui/start.tsx', 'node_modules/@ai-sdk/openai/dist/index.mjs'],
  ['src/server/compose.ts', 'node_modules/react/index.js'],
  ['src/server/compose.ts', 'node_modules/@ai-sdk/google/dist/index.mjs'],
])('%s must not load %s at once', (entry, input) => {
  expect(splitBreaches(metafile({ 'out.js': output(entry, [entry, input]) }))).toHaveLength(1)
})

test.each([
  ['src/tui/start.tsx', 'node_modules/ink/build/index.js'],
  ['src/cli/health.ts', 'node_modules/ws/index.js'],
  ['src/server/providers/ai-sdk.ts', 'node_modules/ai/dist/index.mjs'],
])('%s may load %s at once', (entry, input) => {
  expect(splitBreaches(metafile({ 'out.js': output(entry, [entry, input]) }))).toEqual([])
})

test('a file belongs to the innermost package around it', () => {
  expect(packageOf('node_modules/a/node_modules/@b/c/index.js')).toBe('@b/c')
  expect(packageOf('src/shared/fault.ts')).toBeUndefined()
})

test('an entry that imports in a circle is walked once', () => {
  const meta = metafile({
    'a.js': output('src/tui/a.ts', ['node_modules/ink/a.js'], [{ path: 'b.js', kind: 'import-statement' }]),
    'b.js': output(undefined, ['node_modules/react/b.js'], [{ path: 'a.js', kind: 'import-statement' }]),
  })
  expect(staticPackages(meta, 'a.js')).toEqual(['ink', 'react'])
})

test('a package left outside the bundle counts like one inside it, and Node itself does not', () => {
  const imports: Import[] = ['ssh2', 'node:fs'].map((path) => ({ path, kind: 'import-statement', external: true }))
  expect(staticPackages(metafile({ 'a.js': output('src/bin/clawdbot.ts', [], imports) }), 'a.js')).toEqual(['ssh2'])
})
