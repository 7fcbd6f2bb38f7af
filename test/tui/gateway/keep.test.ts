import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileKeep } from '../../../src/tui/gateway/keep.ts'

test('what is kept is read again, from a private file', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-keep-'))
  const path = join(folder.path, 'drafts', 'local.json')
  const kept = { drafts: { 'agent:main:main': '書きかけ\n二行目' }, history: ['one', 'two'] }
  fileKeep(path).write(kept)
  expect(fileKeep(path).read()).toEqual(kept)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('no file, a damaged one, or a place that cannot be written costs nothing but the drafts', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-keep-'))
  const path = join(folder.path, 'local.json')
  const empty = { drafts: {}, history: [] }
  expect(fileKeep(path).read()).toEqual(empty)
  writeFileSync(path, '{"drafts": {"a": 1, "b": "kept"}, "history": "no list"')
  expect(fileKeep(path).read()).toEqual(empty)
  writeFileSync(path, '{"drafts": {"a": 1, "b": "kept"}, "history": [1, "x"]}')
  expect(fileKeep(path).read()).toEqual({ drafts: { b: 'kept' }, history: ['x'] })
  mkdirSync(join(folder.path, 'taken.json'))
  expect(() => fileKeep(join(folder.path, 'taken.json')).write(empty)).not.toThrow()
})
