import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Person } from '../../src/cli/person.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { Home } from '../client/support.ts'
import { clawdbot } from './world.ts'

async function homeWith(settings: string): Promise<Home> {
  const home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  await writeFile(home.paths.configPath, settings, { mode: 0o600 })
  return home
}

/** Somebody who types these, one after the other. */
function typing(...answers: string[]): Person {
  const hidden = async () => {
    const next = answers.shift()
    return next === undefined ? undefined : new Secret(next)
  }
  const no = async () => await Promise.reject(new Error('not asked'))
  return { isThere: true, hidden, line: no, confirm: no, input: no }
}

test.each([
  ['one that is guessed too easily', 'aaaaaaaaaaaaaaaaaaaaaaaaa\n', '{}', 'guessed too easily'],
  [
    'a short one where others can knock',
    'k7#Qw9!pLz2$\n',
    '{ gateway: { bind: "lan", auth: { token: "x1234567890123456789012345" } } }',
    'too short',
  ],
  ['none', '', '{}', 'Nothing came in'],
])('%s is refused, and nothing is changed', async (_, input, settings, why) => {
  await using home = await homeWith(settings)
  const { code, err } = await clawdbot(home, ['password', 'set', '--stdin'], { input })
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(why) })
  expect(err).toMatch(/\n {3}\S/)
  expect(await readFile(home.paths.configPath, 'utf8')).toBe(settings)
})

test('without a terminal and without --stdin it says what to do; nothing typed changes nothing', async () => {
  await using home = await homeWith('{}')
  expect((await clawdbot(home, ['password', 'set'])).err).toContain('--stdin')
  expect((await clawdbot(home, ['password', 'set'], { person: typing() })).err).toContain('keeps what it has')
  expect(await readFile(home.paths.configPath, 'utf8')).toBe('{}')
})
