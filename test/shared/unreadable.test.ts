import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { Fault } from '../../src/shared/fault.ts'
import { unreadable } from '../../src/shared/unreadable.ts'

/** What can be asked about, with its owner; the rest is refused, too. */
const disk = (owners: Record<string, number>) => ({
  dirname,
  uid: 1000,
  statSync: (path: string) => {
    const uid = owners[path]
    if (uid === undefined) throw new Error('EACCES')
    return { uid }
  },
})
const told = (owners: Record<string, number>) => {
  const error = unreadable('/srv/a b/x.json', Object.assign(new Error('EACCES'), { code: 'EACCES' }), disk(owners))
  if (!(error instanceof Fault)) throw new Error('it is not told')
  return `${error.message}. ${error.remedy}`
}

test.each([
  ['its own file', { '/srv/a b/x.json': 1000 }, ["may not read /srv/a b/x.json. Run: chmod u+rw '/srv/a b/x.json'"]],
  ["another account's file", { '/srv/a b/x.json': 0 }, ['account (uid 0)', `sudo chown "$(id -un)" '/srv/a b/x.json'`]],
  [
    'its own folder',
    { '/srv/a b': 1000 },
    ["may not look for /srv/a b/x.json in /srv/a b. Run: chmod u+rwx '/srv/a b'"],
  ],
  ["another account's folder", { '/srv': 0 }, ['x.json in /srv. It belongs to', 'CLAWDBOT_STATE_DIR']],
])('%s that may not be read is told as that, never as one that may not be written', (_, owners, texts) => {
  for (const text of texts) expect(told(owners)).toContain(text)
  expect(told({ '/srv': 0 })).not.toContain('sudo')
})

test('every other error stays as it is', () => {
  const error = Object.assign(new Error('EIO'), { code: 'EIO' })
  expect(unreadable('/x', error, disk({ '/x': 0 }))).toBe(error)
})
