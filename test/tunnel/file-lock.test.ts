import { mkdtempDisposable, readFile, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/shared/std/clock.ts'
import { lockFile } from '../../src/tunnel/file-lock.ts'

test('one after the other, in one program as well', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'lock-'))
  const path = join(folder.path, 'lock')
  let inside = 0
  const most: number[] = []
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      await using _lock = await lockFile(path, systemClock)
      most.push(++inside)
      await readFile(path)
      inside--
    }),
  )
  expect(most).toEqual(Array.from({ length: 10 }, () => 1))
})

test('a lock held for longer than any change takes is broken, though its process lives', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'lock-'))
  const path = join(folder.path, 'lock')
  await writeFile(path, `${process.pid}\n`)
  const longAgo = new Date(systemClock.now() - 60_000)
  await utimes(path, longAgo, longAgo)
  await using _lock = await lockFile(path, systemClock)
  expect((await readFile(path, 'utf8')).trim()).toBe(String(process.pid))
})
