import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  ensurePrivateFolder,
  openForAppend,
  readPrivateFile,
  writePrivateFile,
} from '../../../src/server/storage/private-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('SE1: files and folders are private whatever the umask says, and an open folder is closed', () => {
  const before = process.umask(0)
  try {
    const inner = join(folder, 'a', 'b')
    mkdirSync(inner, { recursive: true, mode: 0o755 })
    ensurePrivateFolder(inner)
    writePrivateFile(join(inner, 'x'), 'one')
    writePrivateFile(join(inner, 'x'), 'two')
    openForAppend(join(inner, 'log'))
    expect(mode(inner)).toBe('700')
    expect(readdirSync(inner).map((name) => `${name} ${mode(join(inner, name))}`)).toEqual([
      'log 600',
      'x 600',
      'x.bak 600',
    ])
  } finally {
    process.umask(before)
  }
})

test('SE2: a link, a folder, and where it can be tried another account’s file are refused', () => {
  const path = join(folder, 'x')
  writeFileSync(join(folder, 'target'), 'secret')
  symlinkSync(join(folder, 'target'), path)
  expect(() => readPrivateFile(path)).toThrow('is a symbolic link')
  expect(() => openForAppend(path)).toThrow('is a symbolic link')
  rmSync(path)
  mkdirSync(path)
  expect(() => readPrivateFile(path)).toThrow('is not an ordinary file')
  if (process.getuid?.() !== 0) return
  rmSync(path, { recursive: true })
  writeFileSync(path, 'planted')
  chownSync(path, 12345, 12345)
  expect(() => readPrivateFile(path)).toThrow('belongs to another account')
})

test('SE2: nothing is read from below a folder that every account may write to, unless only owners may replace there', () => {
  mkdirSync(join(folder, 'open/own'), { recursive: true, mode: 0o700 })
  const path = join(folder, 'open/own/secret')
  writePrivateFile(path, 'secret')
  chmodSync(join(folder, 'open'), 0o777)
  expect(() => readPrivateFile(path)).toThrow(`may write to ${join(folder, 'open')}`)
  chmodSync(join(folder, 'open'), 0o1777)
  expect(readPrivateFile(path)).toBe('secret')
  if (process.getuid?.() !== 0) return
  chmodSync(join(folder, 'open'), 0o755)
  chownSync(join(folder, 'open'), 12345, 12345)
  expect(() => readPrivateFile(path)).toThrow('belongs to another account')
})
