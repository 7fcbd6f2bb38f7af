/** A key with a passphrase: each of its readings costs sixteen rounds of bcrypt. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readProfiles } from '../../src/client/profile-store.ts'
import { scriptedPrompts } from '../support/scripted-prompts.ts'
import { newUser, person, setup } from './new-user.ts'

test('a passphrase for the new key is asked twice, protects it, and is not asked again while it is used', async () => {
  await using at = await newUser()
  const typed = person(['one', 'other', 'sesame', 'sesame'])
  const prompts = scriptedPrompts({ passwords: ['hunter2'] })
  const ran = await setup(at.home, at.server, ['--without-token'], { person: typed, prompts })
  expect(ran.code).toBe(0)
  expect(ran.err).toBe('These are not the same.\n')
  expect(typed.asked).toHaveLength(5)
  expect(prompts.asked.map(({ kind }) => kind)).toEqual(['password'])
  const text = readFileSync(join(at.home.dir, '.ssh/id_ed25519'), 'utf8')
  expect(Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64').toString('latin1')).toContain('aes256-ctr')
  expect((await readProfiles(at.home.paths.profiles)).profiles[0]?.secret).toBe(undefined)
})
