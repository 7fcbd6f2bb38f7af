import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPrivateFile, writePrivateFile } from '../../../src/server/storage/private-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('DU8: a file is replaced whole; the last text is kept beside it; a crash between leaves the old one', () => {
  const path = join(folder, 'x')
  writePrivateFile(path, 'one')
  writePrivateFile(path, 'two')
  expect([readPrivateFile(path), readPrivateFile(`${path}.bak`), readPrivateFile(join(folder, 'none'))]).toEqual([
    'two',
    'one',
    undefined,
  ])
  const module = new URL('../../../src/server/storage/private-files.ts', import.meta.url).href
  // The process dies at the n-th system call after the text was begun; the file must then be one of the two texts.
  for (const dieAt of ['openSync', 'fsyncSync', 'copyFileSync', 'renameSync']) {
    const code = `
      import fs, { } from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
      fs.${dieAt} = () => process.kill(process.pid, 'SIGKILL'); syncBuiltinESMExports()
      const { writePrivateFile } = await import(${JSON.stringify(module)})
      writePrivateFile(${JSON.stringify(path)}, 'three')`
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', code])
    expect([dieAt, signal, readFileSync(path, 'utf8')]).toEqual([dieAt, 'SIGKILL', 'two'])
  }
})
