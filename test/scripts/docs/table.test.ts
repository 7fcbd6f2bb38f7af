/** A printed page that differs from the code lies; this is where it shows. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pages } from '../../../scripts/docs/table.ts'

test.each(pages)('$path is what the code says now (else: npm run docs)', async ({ path, print }) => {
  const written = await readFile(join(import.meta.dirname, '../../..', path), 'utf8').catch(() => '')
  // Compared by line number, because a difference of whole pages is no help.
  const [now, then] = [print().split('\n'), written.split('\n')]
  const line = now.findIndex((text, index) => text !== then[index])
  expect(now.length === then.length && line === -1, `${path} line ${line + 1} is stale`).toBe(true)
})
