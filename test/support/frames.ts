/** Golden frames: the screen as plain text, one file each in test/frames, as readable in a review as a screenshot. */

import { join } from 'node:path'
import { expect } from 'vitest'

const folder = join(import.meta.dirname, '..', 'frames')

/** Compares with `test/frames/<name>.txt`; `vitest run -u` writes it anew. */
export async function expectFrame(screen: { text(): string }, name: string): Promise<void> {
  await expect(`${screen.text()}\n`).toMatchFileSnapshot(join(folder, `${name}.txt`))
}
