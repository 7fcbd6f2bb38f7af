import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareCommand } from '../../src/exec/command.ts'
import { Ledger } from '../../src/exec/ledger.ts'
import { Spawner, type SpawnRequest } from '../../src/exec/spawn.ts'
import { systemClock } from '../../src/shared/std/clock.ts'

const program = new URL('../support/spawner-program.ts', import.meta.url).pathname

async function openSpawner({ graceMs = 200 } = {}) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'clawdbot-spawn-')))
  const ledger = join(folder, 'running')
  const spawner = new Spawner({ ledger: new Ledger(ledger), clock: systemClock, graceMs })
  return {
    folder,
    ledger,
    spawner,
    async run(command: string, given: Partial<SpawnRequest> = {}) {
      const prepared = await prepareCommand(
        { command },
        { workspace: folder, sessionKey: 's', env: { PATH: '/usr/bin:/bin' } },
      )
      if (prepared.kind === 'impossible') throw new Error(prepared.reason)
      const signal = new AbortController().signal
      return await spawner.run({ command: prepared.command, timeoutMs: 20_000, keepBytes: 64 * 1024, signal, ...given })
    },
    async [Symbol.asyncDispose]() {
      await spawner[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

let lastSeconds = 86_000 + (process.pid % 1000)

/** A `sleep` whose duration nobody else uses, so that its processes can be counted. */
function uniqueSleep(): { command: string; count(): number } {
  const seconds = `${++lastSeconds}.5`
  return {
    command: `sleep ${seconds}`,
    count: () =>
      readdirSync('/proc').filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`
        } catch {
          return false
        }
      }).length,
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Fixtures that leave their parent in every way we know; § is the sleep. */
const escapes: Record<string, string> = {
  'a child': '§',
  'a grandchild': 'sh -c "sh -c \\"§; true\\"; true"; true',
  'one in the background': '§ & § & wait',
  'one with a session of its own': 'setsid § & setsid -f §; §',
  'one whose parent is gone': '(setsid sh -c "§ & § &" &) ; §',
  'one without its environment': 'env -i PATH=/usr/bin:/bin sh -c "§ & §"',
  'one with neither session nor environment': 'env -i setsid -w § & env -i setsid -w §',
  'one that ignores SIGTERM': 'trap "" TERM HUP INT; §; §; §',
  'a small fork bomb': 'f() { [ "$1" = 0 ] && { setsid § & return; }; (f $(($1-1))) & (f $(($1-1))) & }; f 5; §',
}

test.each(Object.entries(escapes))('EX11: aborting ends %s', async (_, template) => {
  await using spawner = await openSpawner()
  const sleep = uniqueSleep()
  const stop = new AbortController()
  const run = spawner.run(template.replaceAll('§', sleep.command), { signal: stop.signal })
  await until(() => sleep.count() > 0)
  stop.abort()
  expect(await run).toMatchObject({ ended: 'aborted', exitCode: null })
  expect(sleep.count()).toBe(0)
  expect(readdirSync(spawner.ledger)).toEqual([])
})

test('EX11: one that stops itself while it is to end is let go on, as runuser does when its child was stopped', async () => {
  await using spawner = await openSpawner({ graceMs: 10_000 })
  const stop = new AbortController()
  const text = "trap 'kill -STOP $$; echo cleared up; exit' TERM; echo ready; while :; do sleep 0.02; done"
  const run = spawner.run(text, { signal: stop.signal, onOutput: (text) => text.includes('ready') && stop.abort() })
  expect(await run).toMatchObject({ ended: 'aborted', text: expect.stringMatching(/\ncleared up\n$/) })
})

test('EX11: the time limit ends the whole group', async () => {
  await using spawner = await openSpawner()
  const sleep = uniqueSleep()
  const run = await spawner.run(`setsid ${sleep.command} & ${sleep.command}`, { timeoutMs: 300 })
  expect(run.ended).toBe('timeout')
  expect(sleep.count()).toBe(0)
})

test('EX11: what a command leaves in the background ends with it', async () => {
  await using spawner = await openSpawner()
  const sleep = uniqueSleep()
  const run = await spawner.run(`setsid ${sleep.command} & ${sleep.command} & echo done`)
  expect(run).toMatchObject({ ended: 'exited', exitCode: 0, text: 'done\n' })
  expect(sleep.count()).toBe(0)
})

test('EX11: when the gateway stops, so does everything it runs', async () => {
  const sleep = uniqueSleep()
  const spawner = await openSpawner()
  const run = spawner.run(sleep.command)
  await until(() => sleep.count() === 1)
  await spawner[Symbol.asyncDispose]()
  expect(await run).toMatchObject({ ended: 'aborted' })
  expect(sleep.count()).toBe(0)
})

test('EX11: after kill -9 of the gateway the next one ends what was left, and only that', async () => {
  await using spawner = await openSpawner()
  const sleep = uniqueSleep()
  const other = uniqueSleep()
  const bystander = spawn('sleep', [other.command.slice('sleep '.length)], { stdio: 'ignore' })
  const text = `setsid ${sleep.command} & (setsid sh -c "${sleep.command} & ${sleep.command} &" &) ; ${sleep.command}`
  const gateway = spawn(process.execPath, [program, spawner.ledger, text], { stdio: 'ignore' })
  await until(() => sleep.count() === 4)
  gateway.kill('SIGKILL')
  await until(() => gateway.signalCode !== null)
  expect(sleep.count()).toBe(4)
  expect(await spawner.spawner.reapLeftovers()).toBeGreaterThanOrEqual(4)
  expect([sleep.count(), other.count(), readdirSync(spawner.ledger)]).toEqual([0, 1, []])
  bystander.kill()
})

test('characters torn between reads, and between the two streams, arrive whole', async () => {
  await using spawner = await openSpawner()
  const slow = `printf '\\346'; sleep 0.05; printf 'x' >&2; sleep 0.05; printf '\\227'; sleep 0.05; printf '\\245\\n'`
  expect((await spawner.run(slow)).text).toBe('x日\n')
  const many = await spawner.run(`i=0; while [ $i -lt 20000 ]; do printf 日本語; i=$((i+1)); done`, {
    keepBytes: 1024 * 1024,
  })
  expect(many.text).toBe('日本語'.repeat(20_000))
})

test('a command has no input to wait for, and its failure to start is told', async () => {
  await using spawner = await openSpawner()
  expect(await spawner.run('cat')).toMatchObject({ ended: 'exited', exitCode: 0, text: '' })
  const long = 'x'.repeat(256 * 1024) // one word may have 128 KB
  const refused = await spawner.run(`true ${long}`)
  expect(refused).toMatchObject({ ended: 'not-started', exitCode: null })
  expect(refused.text).toContain('E2BIG')
})
