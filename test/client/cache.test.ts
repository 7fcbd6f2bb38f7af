import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cachedBytes, cachedMessages, cachedSessions, TranscriptCache } from '../../src/client/cache.ts'
import { Home } from './support.ts'

const lines = (count: number, length = 10) =>
  Array.from({ length: count }, (_, i) => ({ role: 'user', content: `${i}`.padEnd(length, 'x') }))

test('a transcript comes back as it was written, for its own gateway and session only', async () => {
  await using home = await Home.make()
  const cache = new TranscriptCache(home.paths.cacheDir, 'ws://a:1')
  await cache.write('main', lines(3), 5)
  expect(await cache.read('main')).toMatchObject({ messages: lines(3), savedAt: 5 })
  expect(await cache.read('other')).toBeUndefined()
  expect(await new TranscriptCache(home.paths.cacheDir, 'ws://b:1').read('main')).toBeUndefined()
  await cache.forget('main')
  expect(await cache.read('main')).toBeUndefined()
})

test('only the newest messages are kept, and never more than the size allows', async () => {
  await using home = await Home.make()
  const cache = new TranscriptCache(home.paths.cacheDir, 'ws://a:1')
  await cache.write('main', lines(500), 5)
  expect((await cache.read('main'))?.messages).toEqual(lines(500).slice(-cachedMessages))
  await cache.write('main', lines(100, 20_000), 5)
  const kept = (await cache.read('main'))?.messages ?? []
  expect(JSON.stringify(kept).length).toBeLessThan(cachedBytes)
  expect(kept.at(-1)).toEqual(lines(100, 20_000).at(-1))
})

test('old sessions leave, and a damaged file is as good as none', async () => {
  await using home = await Home.make()
  const cache = new TranscriptCache(home.paths.cacheDir, 'ws://a:1')
  for (let i = 0; i < cachedSessions + 5; i++) await cache.write(`s${i}`, lines(1), i)
  const [folder = ''] = await readdir(home.paths.cacheDir)
  const files = await readdir(join(home.paths.cacheDir, folder))
  expect(files).toHaveLength(cachedSessions)
  for (const file of files) await writeFile(join(home.paths.cacheDir, folder, file), '{"messages":')
  expect(await cache.read(`s${cachedSessions + 4}`)).toBeUndefined()
})
