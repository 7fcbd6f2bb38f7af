import { readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { startInBackground } from '../../src/client/background.ts'
import { Home } from './support.ts'

test('OP10: what it prints goes on in a private log, and one that has grown large is set aside first', async () => {
  await using home = await Home.make()
  const program = join(home.dir, 'program.js')
  await writeFile(program, 'console.log("here")')
  const log = home.paths.gatewayLog
  const start = async () => {
    const { ended } = startInBackground({ program, args: [], log, cwd: home.dir, env: {} })
    expect(await ended).toBe('exit code 0')
  }
  await start()
  await start()
  expect(await readFile(log, 'utf8')).toBe('here\nhere\n')
  expect([(await stat(log)).mode & 0o777, (await stat(dirname(log))).mode & 0o777]).toEqual([0o600, 0o700])
  await truncate(log, 5_000_001)
  await start()
  expect(await readFile(log, 'utf8')).toBe('here\n')
  expect((await stat(`${log}.1`)).size).toBe(5_000_001)
})
