/** Modes in the words of the audit: every one of the 512, for files and folders. */

import { expect, test } from 'vitest'
import { accessOf, openFiles } from '../../../src/server/audit/access.ts'
import { file, folder, quiet, withFile } from './facts.ts'

test('exactly what others can do nothing with is private', () => {
  for (let mode = 0; mode < 0o1000; mode++) {
    const others = mode & 0o077
    expect(accessOf({ kind: 'folder', mode }) === 'private').toBe((others & 0o077) === 0)
    // To run a file is not to read it.
    expect(accessOf({ kind: 'file', mode }) === 'private').toBe((others & 0o066) === 0)
  }
})

test('a repair takes from others and gives nobody anything', () => {
  for (let mode = 0; mode < 0o1000; mode++) {
    for (const one of [file('store', '/x', mode), folder('store', '/x', mode)]) {
      const [found] = openFiles(
        withFile(one)({ ...quiet(), files: [] }),
        ['store'],
        ['world-writable', 'group-writable', 'world-readable', 'group-readable'],
      )
      if (found?.repair?.kind !== 'mode') continue
      expect(found.repair.mode & ~mode, 'more than before').toBe(0)
      expect(accessOf({ kind: one.kind, mode: found.repair.mode })).toBe('private')
      expect(found.remedy).toBe(`Run: chmod ${found.repair.mode.toString(8).padStart(3, '0')} /x`)
    }
  }
})

test('a path with a space or a quote is one word of the command', () => {
  const [found] = openFiles(
    withFile(file('log', "/a b/it's", 0o644))({ ...quiet(), files: [] }),
    ['log'],
    ['world-readable'],
  )
  expect(found?.remedy).toBe("Run: chmod 600 '/a b/it'\\''s'")
})
