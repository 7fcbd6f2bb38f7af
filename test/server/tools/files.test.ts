import { execFileSync } from 'node:child_process'
import { symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestTools, textOf } from '../../support/tools.ts'

test('reading gives lines, says how to go on, and refuses what is no text or too large', async () => {
  await using tools = await openTestTools()
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i + 1}`)
  await tools.run('write', { path: 'big.txt', content: lines.join('\n') })
  const first = await tools.run('read', { path: 'big.txt' })
  expect(textOf(first)).toMatch(/^line 1\nline 2\n/)
  expect(textOf(first)).toMatch(/more lines; go on with offset \d+ …\]$/)
  expect(first.details).toMatchObject({ truncated: true, path: 'big.txt', where: 'gateway testhost' })
  expect(textOf(await tools.run('read', { path: 'big.txt', offset: 19_999 }))).toBe('line 19999\nline 20000')
  expect(textOf(await tools.run('read', { path: 'big.txt', offset: 5, limit: 1 }))).toBe(
    'line 5\n[… 19995 more lines; go on with offset 6 …]',
  )
  await writeFile(join(tools.workspace, 'image'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]))
  await writeFile(join(tools.workspace, 'latin'), Buffer.from([0x61, 0xe9, 0x62]))
  expect(textOf(await tools.run('read', { path: 'image' }))).toBe('image is not text (6 bytes).')
  expect((await tools.run('read', { path: 'latin' })).isError).toBe(true)
  await writeFile(join(tools.workspace, 'huge'), '')
  await truncate(join(tools.workspace, 'huge'), 1024 ** 3)
  expect(textOf(await tools.run('read', { path: 'huge' }))).toContain('Use exec with sed or head')
})

test('editing changes the one passage that is meant, or says why not', async () => {
  await using tools = await openTestTools()
  await tools.run('write', { path: 'a.txt', content: 'one\ntwo\ntwo\nthree $& $1\n' })
  const edit = (oldText: string, newText: string) => tools.run('edit', { path: 'a.txt', oldText, newText })
  expect(textOf(await edit('three $& $1', '$& stays $1'))).toBe('Changed a.txt at line 4.')
  expect(textOf(await edit('two', 'x'))).toBe('oldText occurs more than once in a.txt. Give more of its context.')
  expect(textOf(await edit('four', 'x'))).toBe('oldText does not occur in a.txt. Read the file again.')
  expect(textOf(await tools.run('read', { path: 'a.txt' }))).toBe('one\ntwo\ntwo\n$& stays $1\n')
})

test('listing tells folders, files and links apart and follows none', async () => {
  await using tools = await openTestTools()
  await tools.run('write', { path: 'sub/ok.txt', content: 'fine' })
  await symlink('..', join(tools.workspace, 'sub/up'))
  execFileSync('/usr/bin/mkfifo', [join(tools.workspace, 'sub/fifo')])
  expect(textOf(await tools.run('list', { path: 'sub' }))).toBe('fifo\nok.txt  4 bytes\nup@')
  expect(textOf(await tools.run('list', {}))).toBe('sub/')
})
