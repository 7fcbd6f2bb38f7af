import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { changeProfiles, readProfiles } from '../../src/client/profile-store.ts'
import { addProfile } from '../../src/client/profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from './support.ts'

test('many programs that write at once lose nothing', async () => {
  await using home = await Home.make()
  const program = join(import.meta.dirname, '..', 'support', 'profile-writer.ts')
  const writers = ['a', 'b'].map((name) =>
    promisify(execFile)(process.execPath, [program, home.paths.profiles, name, '5']),
  )
  const ours = ['x', 'y', 'z'].map((name) =>
    changeProfiles(home.paths.profiles, systemClock, (book) =>
      addProfile(book, { name, ways: [{ kind: 'ssh', host: 'vps.example' }] }, `id-${name}`, 1),
    ),
  )
  await Promise.all([...writers, ...ours])
  const { profiles } = await readProfiles(home.paths.profiles)
  const theirs = ['a', 'b'].flatMap((name) => [0, 1, 2, 3, 4].map((i) => `${name}${i}`))
  expect(profiles.map(({ name }) => name).toSorted()).toEqual([...theirs, 'x', 'y', 'z'])
})
