import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { profileNames } from '../../src/cli/profile-names.ts'
import { Home } from '../client/support.ts'
import { clawdbot } from './world.ts'

test('names of profiles are read without a word about what is wrong with the file', async () => {
  await using home = await Home.make()
  expect(await profileNames(home.paths.profiles)).toBe('local\n')
  await mkdir(home.paths.stateDir)
  const odd = [{ name: 'vps' }, { name: '日本 1' }, { name: 'a\u001b[2J' }, { name: 7 }, null, { name: 'vps' }]
  await writeFile(home.paths.profiles, JSON.stringify({ profiles: odd }))
  expect(await profileNames(home.paths.profiles)).toBe('local\nvps\n日本 1\n')
  await writeFile(home.paths.profiles, '{ not json')
  expect(await profileNames(home.paths.profiles)).toBe('local\n')
})

test('a shell that is none of the three is a slip', async () => {
  await using home = await Home.make()
  const { code, err } = await clawdbot(home, ['completion', 'tcsh'])
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('bash, zsh or fish') })
})
