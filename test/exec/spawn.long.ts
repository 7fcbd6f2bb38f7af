import { execFile } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = new URL('../support/spawner-program.ts', import.meta.url).pathname

test('EX12: a program that prints without end costs less than 16 MB and leaves the ends of its output', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-flood-'))
  const { stdout } = await promisify(execFile)(process.execPath, [program, join(folder.path, 'running'), 'yes', '1500'])
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({ ended: 'timeout' })
  expect(result.text).toBeLessThanOrEqual(1024 * 1024 + 100)
  expect(result.omittedBytes).toBeGreaterThan(4 * 1024 * 1024)
  expect(result.grownBytes).toBeLessThan(16 * 1024 * 1024)
})
