import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { changeProfiles, readProfiles } from '../../src/client/profile-store.ts'
import { addProfile, useProfile } from '../../src/client/profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from './support.ts'

const vps = { name: 'vps', ways: [{ kind: 'ssh', host: 'vps.example' }] } as const
const add = (name: string) => (book: Awaited<ReturnType<typeof readProfiles>>) =>
  addProfile(book, { ...vps, name, ways: [...vps.ways] }, `id-${name}`, 1)

async function put(home: Home, text: string): Promise<string> {
  await mkdir(dirname(home.paths.profiles), { recursive: true })
  await writeFile(home.paths.profiles, text)
  return home.paths.profiles
}

test('a list is saved for this account only, and read back; nothing else is left beside it', async () => {
  await using home = await Home.make()
  const { profiles: path, stateDir } = home.paths
  expect(await readProfiles(path)).toEqual({ version: 1, profiles: [] })
  const saved = await changeProfiles(path, systemClock, (book) => useProfile(add('vps')(book), 'vps'))
  expect(await readProfiles(path)).toEqual(saved)
  expect(saved).toMatchObject({ current: 'id-vps', previous: 'local', profiles: [{ id: 'id-vps', ...vps }] })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(stateDir)).mode & 0o777).toBe(0o700)
  expect(await readdir(stateDir)).toEqual(['profiles.json'])
})

test('an edit that throws, or changes nothing, leaves the file as it was', async () => {
  await using home = await Home.make()
  const path = await put(home, '{"version":1,"profiles":[]}')
  await expect(
    changeProfiles(path, systemClock, () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  await changeProfiles(path, systemClock, (book) => book)
  expect(await readFile(path, 'utf8')).toBe('{"version":1,"profiles":[]}')
  expect(await readdir(home.paths.stateDir)).toEqual(['profiles.json'])
})

const one = '"id":"a","name":"a","ways":[{"kind":"local"}],"createdAt":1'

test.each([
  ['{"version":1,"profiles":[', 'not valid JSON'],
  ['[]', 'the whole'],
  ['{"version":1}', 'profiles'],
  ['{"version":2,"servers":{}}', 'newer version'],
  [`{"version":1,"profiles":[{${one},"token":"hunter2"}]}`, 'profiles.0: Unrecognized key: "token"'],
  [`{"version":1,"profiles":[{${one}},{${one}}]}`, 'is there twice'],
  [`{"version":1,"profiles":[{${one.replace('"a"', '"../a"')}}]}`, 'profiles.0.id'],
  ['{"version":1,"profiles":[{"id":"a","name":"a","ways":[],"createdAt":1}]}', 'profiles.0.ways'],
])('a file that is not understood is told and never replaced: %s', async (text, problem) => {
  await using home = await Home.make()
  const path = await put(home, text)
  const fault = { code: 'state.damaged', message: expect.stringContaining(problem) }
  await expect(readProfiles(path)).rejects.toMatchObject(fault)
  await expect(changeProfiles(path, systemClock, add('b'))).rejects.toMatchObject(fault)
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('the lock of a program that died or was stopped in the middle is taken over', async () => {
  await using home = await Home.make()
  const { profiles: path, stateDir } = home.paths
  await mkdir(stateDir, { recursive: true })
  await writeFile(`${path}.lock`, `${2 ** 30}\n`)
  await Promise.all(['a', 'b', 'c'].map((name) => changeProfiles(path, systemClock, add(name))))
  await writeFile(`${path}.lock`, `${process.pid}\n`)
  await utimes(`${path}.lock`, 1, 1)
  await changeProfiles(path, systemClock, add('d'))
  expect((await readProfiles(path)).profiles).toHaveLength(4)
  expect(await readdir(stateDir)).toEqual(['profiles.json'])
})

test('a linked file stays a link: the file it leads to is written', async () => {
  await using home = await Home.make()
  const { profiles: path, stateDir } = home.paths
  await mkdir(stateDir, { recursive: true })
  const real = join(home.dir, 'dotfiles.json')
  await writeFile(real, '{"version":1,"profiles":[]}')
  await symlink(real, path)
  await changeProfiles(path, systemClock, add('vps'))
  expect(await readFile(real, 'utf8')).toContain('id-vps')
  expect((await stat(real)).mode & 0o777).toBe(0o600)
})
