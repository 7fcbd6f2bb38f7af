import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tailLog } from '../../../src/server/log/tail.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tail-'))
  file = join(folder, 'x.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('following by cursor gives every line once, and never half of one', () => {
  writeFileSync(file, 'one\ntwo\nth')
  const first = tailLog(file, {})
  expect(first).toEqual({ file, cursor: 8, size: 10, lines: ['one', 'two'] })
  appendFileSync(file, 'ree\n日本\n')
  const second = tailLog(file, { cursor: first.cursor })
  expect(second).toEqual({ file, cursor: 21, size: 21, lines: ['three', '日本'] })
  expect(tailLog(file, { cursor: second.cursor })).toEqual({ file, cursor: 21, size: 21, lines: [] })
})

test('the first answer is the end of the file, cut at a line', () => {
  writeFileSync(file, 'aaaa\nbbbb\ncccc\n')
  expect(tailLog(file, { maxBytes: 7 }).lines).toEqual(['cccc'])
  expect(tailLog(file, { maxBytes: 10 }).lines).toEqual(['bbbb', 'cccc'])
  expect(tailLog(file, { limit: 1 })).toMatchObject({ lines: ['cccc'], truncated: true })
})

test('a reader far behind is told that lines were left out; one with another file’s cursor starts anew', () => {
  writeFileSync(file, 'aaaa\nbbbb\ncccc\n')
  expect(tailLog(file, { cursor: 0, maxBytes: 10 })).toMatchObject({ lines: ['bbbb', 'cccc'], truncated: true })
  expect(tailLog(file, { cursor: 999 })).toMatchObject({ lines: ['aaaa', 'bbbb', 'cccc'], reset: true, cursor: 15 })
})

test('no file yet is an empty log', () => {
  expect(tailLog(file, {})).toEqual({ file, cursor: 0, size: 0, lines: [] })
  expect(tailLog(file, { cursor: 5 })).toMatchObject({ reset: true, cursor: 0 })
})
