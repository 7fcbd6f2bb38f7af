/** Writes the pages of `docs` that are printed from the code. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pages } from './docs/table.ts'

for (const { path, print } of pages) {
  const target = join(import.meta.dirname, '..', path)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, print())
  process.stdout.write(`${path}\n`)
}
