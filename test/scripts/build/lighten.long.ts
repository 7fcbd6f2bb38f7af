import { join } from 'node:path'
import { build } from 'esbuild'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lighten } from '../../../scripts/build/lighten.ts'

type Output = {
  write(x: number, y: number, text: string, options: { transformers: [] }): void
  clip(clip: { x1: number; x2: number; y1: number; y2: number }): void
  unclip(): void
  get(): { output: string; height: number }
}
type OutputClass = new (size: { width: number; height: number }) => Output

/** Ink's own drawing of a frame, as it is and as we bundle it. */
async function inkOutput(plugins: (typeof lighten)[]): Promise<OutputClass> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../../../node_modules/ink/build/output.js')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins,
  })
  const code = outputFiles[0]?.text ?? ''
  const module: { default: OutputClass } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  return module.default
}

const place = fc.integer({ min: -3, max: 14 })
const text = fc
  .array(fc.constantFrom('a', 'b ', '日本', 'é', '👩‍💻', '\x1b[31m', '\x1b[0m', '\x1b[1;44m', '\n', '  '), {
    maxLength: 9,
  })
  .map((parts) => parts.join(''))
const piece = fc.record({ x: place, y: place, text, clip: fc.option(fc.tuple(place, place, place, place)) })

test('frames are drawn as stock Ink draws them, one after the other', async () => {
  const [Stock, Ours] = [await inkOutput([]), await inkOutput([lighten])]
  const draw = (Class: OutputClass, pieces: readonly (typeof piece extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const output = new Class({ width: 12, height: 6 })
    for (const { x, y, text, clip } of pieces) {
      if (clip) output.clip({ x1: clip[0], x2: clip[1], y1: clip[2], y2: clip[3] })
      output.write(x, y, text, { transformers: [] })
      if (clip) output.unclip()
    }
    return output.get()
  }
  const frames = fc.array(fc.array(piece, { maxLength: 6 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(frames, (all) => {
      for (const pieces of all) expect(draw(Ours, pieces)).toEqual(draw(Stock, pieces))
    }),
    { numRuns: 500 },
  )
})
