import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type ForwardNote,
  placeNote,
  removeNote,
  runningForward,
  runningForwards,
} from '../../../src/client/forward/note.ts'
import { NoteWriter } from '../../../src/client/forward/note-writer.ts'
import { processMark } from '../../../src/client/forward/process-mark.ts'
import { programsOf } from '../../../src/client/system-programs.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { Home } from '../support.ts'

const ask = programsOf({ PATH: process.env.PATH })

async function noteOf(pid: number, profile = 'vps'): Promise<ForwardNote> {
  return {
    ...{ version: 1, profileId: `id-${profile}`, profile, pid, mark: (await processMark(pid, ask)) ?? 'gone' },
    ...{ startedAt: 1000, startedBy: 'terminal', phase: 'opening', since: 1000, open: 0, total: 0 },
    forwards: [{ port: 18_790, addresses: ['127.0.0.1'], to: 'gateway' }],
  }
}

test('SE1: a note is private, appears whole and only once', async () => {
  await using home = await Home.make()
  const note = await noteOf(process.pid)
  expect(await placeNote(home.paths, note)).toBe(true)
  expect(await placeNote(home.paths, note)).toBe(false)
  const path = join(home.paths.stateDir, 'tunnels', 'id-vps.json')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await runningForward(home.paths, 'id-vps', ask)).toEqual(note)
  await placeNote(home.paths, await noteOf(process.pid, 'alpha'))
  expect((await runningForwards(home.paths, ask)).map(({ profile }) => profile)).toEqual(['alpha', 'vps'])
  await removeNote(home.paths, 'id-vps')
  expect(await runningForward(home.paths, 'id-vps', ask)).toBe(undefined)
})

test('a note whose process is gone, or got its number later, is nobody’s and is cleared away', async () => {
  await using home = await Home.make()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const note = await noteOf(child.pid ?? 0)
  await placeNote(home.paths, note)
  expect(await runningForward(home.paths, 'id-vps', ask)).toEqual(note)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await runningForward(home.paths, 'id-vps', ask)).toBe(undefined)

  const other = { ...(await noteOf(process.pid)), mark: note.mark } // as if this process had the old number
  expect(await placeNote(home.paths, other)).toBe(true)
  expect(await runningForward(home.paths, 'id-vps', ask)).toBe(undefined)

  const path = join(home.paths.stateDir, 'tunnels', 'id-vps.json')
  await writeFile(path, '{"half')
  expect(await runningForwards(home.paths, ask)).toEqual([])
  await expect(readFile(path)).rejects.toThrow('ENOENT')
})

test('the mark of a process stays, and differs from that of any other', async () => {
  const first = await processMark(process.pid, ask)
  expect(first).toBe(await processMark(process.pid, ask))
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  expect(await processMark(child.pid ?? 0, ask)).not.toBe(first)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await processMark(child.pid ?? 0, ask)).toBe(undefined)
})

test('the writer tells phases, connections and trouble, and takes the note away at its end', async () => {
  await using home = await Home.make()
  const first = await noteOf(process.pid)
  await placeNote(home.paths, first)
  const writer = new NoteWriter(home.paths, first, systemClock)
  await writer.enter('up', { route: 'direct' })
  expect(await runningForward(home.paths, 'id-vps', ask)).toMatchObject({ phase: 'up', route: 'direct' })
  writer.count(1)
  writer.count(1)
  writer.count(-1)
  writer.trouble(new Fault('client.refused', 'Nothing listens there', { remedy: 'Start it.' }))
  await expect
    .poll(async () => await runningForward(home.paths, 'id-vps', ask))
    .toMatchObject({
      ...{ phase: 'up', route: 'direct', open: 1, total: 2 },
      lastError: { code: 'client.refused', message: 'Nothing listens there', remedy: 'Start it.' },
    })
  await writer[Symbol.asyncDispose]()
  expect(await runningForward(home.paths, 'id-vps', ask)).toBe(undefined)
})
