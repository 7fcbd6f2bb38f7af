import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeFolders } from '../../../src/shared/std/make-folders.ts'

const real = { mkdirSync, statSync, dirname }

test('SE1: every folder that is missing is made 0700; one that is there stays as it is, and a file is no folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'folders-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  makeFolders(join(root, 'a', 'b', 'c'), real)
  makeFolders(join(root, 'a', 'b', 'c'), real)
  for (const path of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
    expect(statSync(join(root, ...path)).mode & 0o777).toBe(0o700)
  }
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolders(join(root, 'file'), real)).toThrow('EEXIST')
  expect(() => makeFolders(join(root, 'file', 'x'), real)).toThrow('ENOTDIR')
})

test('a folder that takes no other, as those of the kernel, is asked twice and then given up', () => {
  const asked: string[] = []
  const refusing = {
    dirname,
    mkdirSync(path: string) {
      asked.push(path)
      throw Object.assign(new Error(path), { code: path === '/proc' ? 'EEXIST' : 'ENOENT' })
    },
    statSync: (path: string) => (path === '/proc' ? { isDirectory: () => true } : undefined),
  }
  expect(() => makeFolders('/proc/x', refusing)).toThrow('/proc/x')
  expect(asked).toEqual(['/proc/x', '/proc', '/proc/x'])
})
