import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWalSync } from '../../../src/server/storage/wal-sync.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wal-sync-'))
  path = join(folder, 'x-wal')
  writeFileSync(path, 'log')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A log on a disk that takes as long as the test wants. */
function slowDisk() {
  const syncs: PromiseWithResolvers<void>[] = []
  let checkpoints = 0
  const wal = openWalSync({
    path,
    checkpoint: () => void checkpoints++,
    sync: () => {
      const sync = Promise.withResolvers<void>()
      syncs.push(sync)
      return sync.promise
    },
  })
  const order: string[] = []
  const write = (name: string) => {
    wal.wrote()
    return wal.synced().then(
      () => order.push(name),
      () => order.push(`${name} failed`),
    )
  }
  return { wal, syncs, order, write, checkpoints: () => checkpoints }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('DU1: what is written while a sync goes on needs another, those that come together share one, and a third waits', async () => {
  const { wal, syncs, order, write } = slowDisk()
  const first = [write('a'), write('b')]
  await turn()
  const later = [write('c'), write('d')]
  await turn()
  const last = [write('e'), write('f')]
  await turn()
  expect([syncs.length, order]).toEqual([2, []])
  syncs[0]?.resolve()
  await Promise.all(first)
  expect(order).toEqual(['a', 'b'])
  await turn()
  expect(syncs).toHaveLength(3)
  syncs[1]?.resolve()
  await Promise.all(later)
  syncs[2]?.resolve()
  await Promise.all(last)
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  await wal.synced() // nothing new: no sync
  expect(syncs).toHaveLength(3)
})

test('DU2: after a sync that failed only a checkpoint counts, for a log synced again may have lost pages', async () => {
  const { wal, syncs, order, write, checkpoints } = slowDisk()
  const lost = write('a')
  await turn()
  syncs[0]?.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
  await lost
  expect([order, checkpoints()]).toEqual([['a failed'], 0])
  await wal.synced()
  expect([syncs.length, checkpoints()]).toEqual([1, 1])
  const healed = write('b')
  await turn()
  syncs[1]?.resolve()
  await healed
  expect(order).toEqual(['a failed', 'b'])
})

test('DU2: a sync that ends well after the one before it failed does not count by itself', async () => {
  const { syncs, order, write, checkpoints } = slowDisk()
  const lost = write('a')
  await turn()
  const kept = write('b')
  await turn()
  syncs[0]?.reject(new Error('I/O'))
  await lost
  expect(checkpoints()).toBe(0)
  syncs[1]?.resolve()
  await kept
  expect([order, checkpoints()]).toEqual([['a failed', 'b'], 1])
})

test('a full disk is told as such, and the real call brings a real file to disk', async () => {
  using full = openWalSync({
    path,
    checkpoint: () => {},
    sync: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
  })
  full.wrote()
  await expect(full.synced()).rejects.toMatchObject({ code: 'storage.full', retryable: true })
  using real = openWalSync({ path, checkpoint: () => expect.unreachable() })
  real.wrote()
  await real.synced()
})
