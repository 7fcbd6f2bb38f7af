import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockOwner, takeLock } from '../../../src/server/storage/lock.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
  path = join(folder, 'gateway.lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('DU7: the second is refused and told who holds the lock; when the first ends the next gets it', () => {
  const first = takeLock(path, 1_769_500_000_000)
  expect(() => takeLock(path, 0)).toThrow(`Another gateway (process ${process.pid}, since 2026-01-27T07:46:40.000Z)`)
  expect(lockOwner(path)).toEqual({ pid: process.pid, startedAt: 1_769_500_000_000 })
  first[Symbol.dispose]()
  expect(lockOwner(path)).toBeUndefined()
  takeLock(path, 0)[Symbol.dispose]()
})
