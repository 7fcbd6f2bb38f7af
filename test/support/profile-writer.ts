/** Adds profiles from a process of its own: `profile-writer.ts <file> <name> <count>`. */

import { changeProfiles } from '../../src/client/profile-store.ts'
import { addProfile } from '../../src/client/profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'

const [path = '', name = '', count = '0'] = process.argv.slice(2)
for (let i = 0; i < Number(count); i++) {
  const added = { name: `${name}${i}`, ways: [{ kind: 'ssh', host: 'vps.example' }] } as const
  await changeProfiles(path, systemClock, (book) =>
    addProfile(book, { ...added, ways: [...added.ways] }, `id-${name}${i}`, 1),
  )
}
