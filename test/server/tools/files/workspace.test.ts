import { chmod, link, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestTools, textOf } from '../../../support/tools.ts'
import { expectNoticed, openTrap } from './trap.ts'
import { traversals } from './traversals.ts'

/** Every file outside the workspace, with its content. */
async function outside(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter(
    (entry) => entry.isFile() && !join(entry.parentPath, entry.name).startsWith(join(folder, 'desk/')),
  )
  return await Promise.all(
    files.map(
      async (entry) =>
        `${entry.parentPath}/${entry.name}:${await readFile(join(entry.parentPath, entry.name), 'utf8')}`,
    ),
  )
}

test('EX16: the corpus holds at least 200 different paths', () => {
  expect(traversals.length).toBeGreaterThanOrEqual(200)
})

test('EX16: no path of the corpus reads anything outside the workspace', async () => {
  await using trap = await openTrap()
  for (const path of traversals) {
    const outcome = await trap.run('read', { path: trap.at(path) })
    expect([path, outcome.isError, textOf(outcome).includes(trap.canary)]).toEqual([path, true, false])
  }
  expect(trap.bugs).toEqual([])
})

test('EX16: no path of the corpus writes, edits or makes anything outside the workspace', async () => {
  await using trap = await openTrap()
  const before = await outside(trap.folder)
  for (const path of traversals) {
    await trap.run('edit', { path: trap.at(path), oldText: trap.canary, newText: 'overwritten' })
    await trap.run('write', { path: trap.at(path), content: 'overwritten' })
  }
  expect((await outside(trap.folder)).sort()).toEqual(before.sort())
  expect((await readdir(trap.folder)).sort()).toEqual(['desk', 'etc', 'secret', 'state'])
})

test('EX16: no path of the corpus lists anything outside the workspace', async () => {
  await using trap = await openTrap()
  const inside = ['sub', 'sub/', '']
  for (const path of traversals.filter((path) => !inside.includes(path))) {
    const outcome = await trap.run('list', { path: trap.at(path) })
    expect([path, /secret|passwd|clawdbot/.test(textOf(outcome)) && !outcome.isError]).toEqual([path, false])
  }
})

test('EX16: a folder exchanged for a link between check and use is noticed', () => expectNoticed(60))

test('EX16: writing replaces a hard link instead of writing through it', async () => {
  await using trap = await openTrap()
  await link(join(trap.folder, 'secret'), join(trap.workspace, 'hard'))
  expect((await trap.run('write', { path: 'hard', content: 'mine' })).isError).toBe(false)
  expect(await readFile(join(trap.folder, 'secret'), 'utf8')).toBe(trap.canary)
})

test.each(['their parent', 'the state folder itself', 'a link to the state folder'])(
  'EX8: state and configuration stay out of reach when the workspace is %s',
  async (kind) => {
    await using trap = await openTrap()
    const alias = join(trap.folder, 'alias')
    await symlink(trap.stateDir, alias)
    const workspace =
      kind === 'their parent' ? trap.folder : kind === 'a link to the state folder' ? alias : trap.stateDir
    const prefix = kind === 'their parent' ? 'state/' : ''
    for (const name of ['clawdbot.json', 'clawdbot.db', 'allowed-commands.json', 'running/x', 'credentials/x']) {
      for (const path of [`${prefix}${name}`, join(trap.stateDir, name)]) {
        const write = await trap.run('write', { path, content: 'overwritten' }, { workspace })
        const read = await trap.run('read', { path }, { workspace })
        expect([path, write.isError, read.isError]).toEqual([path, true, true])
        expect(textOf(read)).not.toContain(trap.canary)
      }
    }
    expect(await readFile(join(trap.stateDir, 'clawdbot.json'), 'utf8')).toBe(trap.canary)
    expect((await readdir(trap.stateDir)).sort()).toEqual(['clawdbot.db', 'clawdbot.json'])
  },
)

test("EX8: the usual workspace inside the state folder is the agent's own, its neighbours are not", async () => {
  await using trap = await openTrap()
  const workspace = join(trap.stateDir, 'workspace')
  expect((await trap.run('write', { path: 'a/b.txt', content: 'x' }, { workspace })).isError).toBe(false)
  expect((await trap.run('read', { path: '../clawdbot.json' }, { workspace })).isError).toBe(true)
  const other = { workspace: join(trap.stateDir, 'credentials') }
  expect((await trap.run('write', { path: 'x', content: 'x' }, other)).isError).toBe(true)
})

test('the workspace and what is written in it are private, and a mode once given stays', async () => {
  await using tools = await openTestTools()
  const written = await tools.run('write', { path: 'notes/today.md', content: 'hello\n' })
  expect(textOf(written)).toBe('Made notes/today.md (6 bytes).')
  const mode = async (path: string) => (await stat(join(tools.workspace, path))).mode & 0o777
  expect([await mode('.'), await mode('notes'), await mode('notes/today.md')]).toEqual([0o700, 0o700, 0o600])
  await chmod(join(tools.workspace, 'notes/today.md'), 0o700)
  expect(textOf(await tools.run('write', { path: 'notes/today.md', content: '#!' }))).toContain('Replaced')
  expect(await mode('notes/today.md')).toBe(0o700)
  expect(await readdir(join(tools.workspace, 'notes'))).toEqual(['today.md'])
})
