import { readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect, test } from 'vitest'
import { keepText } from '../../src/bin/editor.ts'

test('SE1: a text that is kept is there for this account alone, under its name; each in a folder of its own', async () => {
  const [path, other] = [await keepText('mine', 'a.json5'), await keepText('other', 'a.json5')]
  try {
    expect([basename(path), readFileSync(path, 'utf8')]).toEqual(['a.json5', 'mine'])
    expect([path, dirname(path)].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o700])
    expect(other).not.toBe(path)
  } finally {
    for (const each of [path, other]) rmSync(dirname(each), { recursive: true })
  }
})
