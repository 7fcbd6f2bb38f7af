/** A model SDK uses the whole of zod; what our own schemas use must stay apart from it. */
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { expect, test } from 'vitest'
import { sdkZod } from '../../../scripts/build/sdk-zod.ts'

const root = join(import.meta.dirname, '../../..')

async function bundle(): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ours: 'src/shared/protocol/frame.ts', theirs: '@ai-sdk/openai-compatible' },
    outdir: 'never-written',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    plugins: [sdkZod],
    metafile: true,
    write: false,
  })
  return metafile
}

/** Files of zod that left something in what `entry` loads. */
function zodOf({ outputs }: Metafile, entry: string): string[] {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    const output = outputs[path]
    if (!output || seen.has(path)) return
    seen.add(path)
    for (const { path: next } of output.imports) visit(next)
  }
  visit(`never-written/${entry}.js`)
  const inputs = [...seen].flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}))
  return inputs.flatMap(([path, { bytesInOutput }]) => (path.includes('/zod/') && bytesInOutput > 0 ? [path] : []))
}

test('an SDK gets a zod of its own, whole and in English, and our schemas load none of it', async () => {
  const meta = await bundle()
  const [ours, theirs] = [zodOf(meta, 'ours'), zodOf(meta, 'theirs')]
  expect(ours.length).toBeGreaterThan(5)
  expect(ours.filter((path) => path.endsWith('?sdk'))).toEqual([])
  expect(ours.join(' ')).not.toContain('from-json-schema')
  expect(theirs.join(' ')).toContain('classic/from-json-schema.js?sdk')
  expect(theirs.filter((path) => !path.endsWith('?sdk'))).toEqual([])
  expect(theirs.filter((path) => /locales\/(?!en\.|index\.)/.test(path))).toEqual([])
})
