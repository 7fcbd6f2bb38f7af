/** The build is skipped only while nothing it is made from has changed. */
import { mkdir, mkdtempDisposable, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildStamp, fingerprint, isBuilt } from '../../../scripts/bootstrap/sources.mjs'

async function project(root: string): Promise<void> {
  await mkdir(join(root, 'src/bin'), { recursive: true })
  await mkdir(join(root, 'dist'))
  await writeFile(join(root, 'src/bin/clawdbot.ts'), 'one')
  for (const program of ['clawdbot.js', 'clawdbot-server.js']) await writeFile(join(root, 'dist', program), '')
  await writeFile(join(root, buildStamp), fingerprint(root))
}

test('a finished build is not made again', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'sources-'))
  await project(folder.path)
  expect(isBuilt(folder.path)).toBe(true)
})

test.each([
  ['a file that was edited', (root: string) => writeFile(join(root, 'src/bin/clawdbot.ts'), 'longer')],
  ['a file of the same length saved again', (root: string) => utimes(join(root, 'src/bin/clawdbot.ts'), 1, 1)],
  ['a new file', (root: string) => writeFile(join(root, 'src/new.ts'), '')],
  ['another package list', (root: string) => writeFile(join(root, 'package-lock.json'), '{}')],
])('%s asks for a build', async (_what, change) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'sources-'))
  await project(folder.path)
  await change(folder.path)
  expect(isBuilt(folder.path)).toBe(false)
})
