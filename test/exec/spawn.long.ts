import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { prepareCommand } from '../../src/exec/command.ts'
import { Ledger } from '../../src/exec/ledger.ts'
import { Spawner } from '../../src/exec/spawn.ts'
import { systemClock } from '../../src/shared/std/clock.ts'

const program = new URL('../support/spawner-program.ts', import.meta.url).pathname

test('EX12: a program that prints without end costs less than 16 MB and leaves the ends of its output', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-flood-'))
  const { stdout } = await promisify(execFile)(process.execPath, [program, join(folder.path, 'running'), 'yes', '1500'])
  const result = JSON.parse(stdout)
  expect(result).toMatchObject({ ended: 'timeout' })
  expect(result.text).toBeLessThanOrEqual(1024 * 1024 + 100)
  expect(result.omittedBytes).toBeGreaterThan(4 * 1024 * 1024)
  expect(result.grownBytes).toBeLessThan(16 * 1024 * 1024)
})

test('EX11: of 400 commands ended while they fork into new sessions without environment, none leaves a process', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-race-'))
  await using spawner = new Spawner({
    ledger: new Ledger(join(folder.path, 'running')),
    clock: systemClock,
    graceMs: 60,
  })
  const seconds = (i: number) => `${70_000 + (process.pid % 1000)}.${String(i).padStart(4, '0')}1`
  const endOne = async (i: number) => {
    const command = `env -i setsid -w sleep ${seconds(i)} & env -i setsid -w sleep ${seconds(i)}`
    const surroundings = { workspace: folder.path, sessionKey: 's', env: { PATH: '/usr/bin:/bin' } }
    const prepared = await prepareCommand({ command }, surroundings)
    if (prepared.kind === 'impossible') throw new Error(prepared.reason)
    const stop = new AbortController()
    const request = { command: prepared.command, timeoutMs: 20_000, keepBytes: 1_000, signal: stop.signal }
    const run = spawner.run(request)
    await new Promise((resolve) => setTimeout(resolve, 4 + (i % 20)))
    stop.abort()
    await run
  }
  const left = Array.from({ length: 400 }, (_, i) => i).values()
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (const i of left) await endOne(i)
    }),
  )
  const ours = new RegExp(`^sleep\0${seconds(0).split('.', 1)[0]}\\.`)
  expect(commandLines().filter((line) => ours.test(line))).toEqual([])
})

function commandLines(): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : []
    } catch {
      return [] // it has ended
    }
  })
}
