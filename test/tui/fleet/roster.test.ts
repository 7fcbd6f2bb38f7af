import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { clientPaths } from '../../../src/client/paths.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { Recency } from '../../../src/tui/fleet/recency.ts'
import { Roster } from '../../../src/tui/fleet/roster.ts'
import { noPrompts } from '../../../src/tunnel/prompts.ts'

const saved = (id: string, name: string, more: Record<string, unknown> = {}) => ({
  ...{ id, name, createdAt: 1, ways: [{ kind: 'ssh', host: `${name}.example`, user: 'me' }] },
  ...more,
})

async function world(book: Record<string, unknown> | string, flags: Record<string, unknown> = {}) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'clawdbot-roster-'))
  const env = { CLAWDBOT_STATE_DIR: folder.path }
  const paths = clientPaths(env, folder.path)
  writeFileSync(paths.profiles, typeof book === 'string' ? book : JSON.stringify({ version: 1, ...book }))
  const recency = new Recency(join(folder.path, 'recent.json'))
  const opened = await Roster.open({ flags, env, paths, recency, clock: systemClock })
  return { ...opened, paths, recency, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const names = (roster: Roster) => roster.profiles.map(({ name }) => name)

test('the profile in use comes first, then this machine and the others as they were added', async () => {
  await using it = await world({ current: 'b', profiles: [saved('a', 'vps', { warm: true }), saved('b', 'desktop')] })
  expect(names(it.roster)).toEqual(['desktop', 'local', 'vps'])
  expect(it.roster.profiles[2]).toMatchObject({ isWarm: true, isSaved: true, ways: ['ssh me@vps.example'] })
  expect(it.roster.reachable('a')).toMatchObject({ url: 'ssh://me@vps.example/127.0.0.1:18789', transport: 'ssh' })
  expect(it.roster.reachable('local')).toMatchObject({ isOurs: true })
})

test('an address that was typed stands before the saved ones, and is reached with what was typed for it', async () => {
  await using it = await world({ profiles: [saved('a', 'vps')] }, { url: 'ws://127.0.0.1:9', token: 'typed' })
  expect(names(it.roster)).toEqual(['remote', 'local', 'vps'])
  const [first] = it.roster.profiles
  const target = await it.roster.target(first.id, noPrompts)
  const { token } = await target.secret(new AbortController().signal)
  expect([first.isSaved, target.origin, token?.reveal()]).toEqual([false, 'ws://127.0.0.1:9', 'typed'])
  const other = await it.roster.target('a', noPrompts)
  expect(await other.secret(new AbortController().signal)).toEqual({})
})

test('the screen stays at its profile when another one is put to use elsewhere; changes of it are seen', async () => {
  const profiles = [saved('a', 'vps'), saved('b', 'desktop')]
  await using it = await world({ current: 'a', profiles })
  const moved = saved('a', 'vps', { ways: [{ kind: 'ssh', host: 'elsewhere.example' }] })
  writeFileSync(it.paths.profiles, JSON.stringify({ version: 1, current: 'b', profiles: [moved, profiles[1]] }))
  await it.roster.refresh()
  expect((await it.roster.target('a', noPrompts)).origin).toBe('ssh://elsewhere.example/127.0.0.1:18789')
  expect(names(it.roster)[0]).toBe('vps')
})

test('a list that cannot be read costs the saved ones and says why; a deleted one cannot be reached', async () => {
  await using it = await world('{', { url: 'ws://127.0.0.1:9' })
  expect(it.problem?.message).toContain('cannot be read')
  expect(names(it.roster)).toEqual(['remote', 'local'])
  await expect(it.roster.target('gone', noPrompts)).rejects.toThrow('deleted')
})

test('when each was last on screen is kept in a private file', async () => {
  await using it = await world({ profiles: [] })
  it.recency.mark('local', 5)
  const path = join(it.paths.stateDir, 'recent.json')
  await vi.waitFor(() => expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ local: 5 }), { timeout: 8_000 })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(new Recency(path).of('local')).toBe(5)
  expect(it.roster.profiles[0].usedAt).toBe(5)
  writeFileSync(path, '["no list"')
  expect(new Recency(path).of('local')).toBeUndefined()
})
