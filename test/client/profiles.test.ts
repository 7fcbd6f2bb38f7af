import { expect, test } from 'vitest'
import type { Profile, ProfileBook } from '../../src/client/profile.ts'
import {
  addProfile,
  allProfiles,
  currentProfile,
  editProfile,
  type NewProfile,
  profileNamed,
  removeProfile,
  useProfile,
} from '../../src/client/profiles.ts'

const ssh = (host: string) => ({ kind: 'ssh', host }) as const
const empty: ProfileBook = { version: 1, profiles: [] }
const add = (book: ProfileBook, name: string, ...ways: Profile['ways']) =>
  addProfile(book, { name, ways }, `id-${name.toLowerCase()}`, 1)
const both = add(add(empty, 'vps', ssh('vps.example')), 'Desk', { kind: 'tailscale', peer: 'desktop' })

test('local is always there, first, and cannot be removed, renamed or led elsewhere', () => {
  expect(allProfiles(both).map(({ name }) => name)).toEqual(['local', 'vps', 'Desk'])
  expect(() => removeProfile(both, 'local')).toThrow('always there')
  expect(() => editProfile(both, 'local', { name: 'here' }, 'x')).toThrow('built-in')
  expect(() => editProfile(both, 'local', { ways: [ssh('vps.example')] }, 'x')).toThrow('nowhere else')
  expect(() => add(both, 'LOCAL', ssh('vps.example'))).toThrow('built-in')
  const warm = editProfile(both, 'local', { warm: true, ways: [{ kind: 'local', port: 4000 }] }, 'x')
  expect(allProfiles(warm)[0]).toMatchObject({ id: 'local', warm: true, ways: [{ port: 4000 }] })
})

test('names are found in any case, and a slip is answered with the nearest', () => {
  expect(profileNamed(both, 'DESK').name).toBe('Desk')
  expect(() => profileNamed(both, 'vpss')).toThrow('There is no profile "vpss". Did you mean vps?')
  expect(() => add(both, 'VPS', ssh('other.example'))).toThrow('There is a profile vps already')
})

test.each(['-', '-x', '', 'two words', 'a/b', '../a', 'a\u001b[2J', 'a'.repeat(41), '.hidden'])(
  '%j is no name',
  (name) => {
    expect(() => add(empty, name, ssh('vps.example'))).toThrow(expect.objectContaining({ code: 'profile.invalid' }))
  },
)

test.each<[string, Profile['ways'], string]>([
  ['a secret in an address', [{ kind: 'direct', url: 'wss://u:p@g.example' }], 'carries no user'],
  ['plain text to another machine', [{ kind: 'direct', url: 'ws://g.example' }], 'neither encrypted'],
  [
    'a pin without a certificate',
    [{ kind: 'direct', url: 'ws://127.0.0.1:1', tlsFingerprint: 'a'.repeat(64) }],
    'pinned',
  ],
  ['a host that is an option', [ssh('-oProxyCommand=id')], 'way 1, host'],
  ['five ways', [ssh('a'), ssh('b'), ssh('c'), ssh('d'), ssh('e')], 'more than 4'],
])('%s is refused', (_what, ways, problem) => {
  expect(() => add(empty, 'vps', ...ways)).toThrow(problem)
})

test('the id stays through a new name and further ways, and goes with the last way to the old gateway', () => {
  const renamed = editProfile(both, 'vps', { name: 'home' }, 'fresh')
  expect(profileNamed(renamed, 'home').id).toBe('id-vps')
  const wider = editProfile(both, 'vps', { ways: [{ kind: 'tailscale', peer: 'vps' }, ssh('vps.example')] }, 'fresh')
  expect(profileNamed(wider, 'vps').id).toBe('id-vps')
  const keyed = editProfile(both, 'vps', { ways: [{ ...ssh('vps.example'), identity: '/k', jump: ['a'] }] }, 'fresh')
  expect(profileNamed(keyed, 'vps').id).toBe('id-vps')
  const used = useProfile(both, 'vps')
  const moved = editProfile(used, 'vps', { ways: [ssh('other.example')] }, 'fresh')
  expect(profileNamed(moved, 'vps').id).toBe('fresh')
  expect(currentProfile(moved)?.name).toBe('vps')
  expect(moved.profiles).toHaveLength(2)
})

test('what an edit does not name stays, and can be taken away', () => {
  const full = addProfile(
    empty,
    { name: 'a', ways: [ssh('a')], warm: true, secret: { source: 'file', secret: 'token' } },
    'id',
    1,
  )
  const ported = editProfile(full, 'a', { localPorts: { gateway: 4000 } }, 'x')
  expect(profileNamed(ported, 'a')).toMatchObject({
    warm: true,
    secret: { source: 'file' },
    localPorts: { gateway: 4000 },
  })
  const bare = profileNamed(editProfile(ported, 'a', { warm: false, secret: null, localPorts: {} }, 'x'), 'a')
  expect(bare).toEqual({ id: 'id', name: 'a', ways: [ssh('a')], createdAt: 1 } satisfies NewProfile & Profile)
})

test('use goes to a profile and - back to the one before, again and again', () => {
  const names: (string | undefined)[] = []
  let book = both
  for (const name of ['vps', '-', '-', 'Desk', 'Desk', '-', 'local', '-']) {
    book = useProfile(book, name)
    names.push(currentProfile(book)?.name)
  }
  expect(names).toEqual(['vps', 'local', 'vps', 'Desk', 'Desk', 'vps', 'local', 'vps'])
  expect(() => useProfile(both, '-')).toThrow('No profile was in use before')
  const removed = removeProfile(book, 'vps')
  expect([removed.current, removed.previous]).toEqual([undefined, 'local'])
  expect(() => useProfile(removeProfile(useProfile(book, 'Desk'), 'vps'), '-')).toThrow('No profile')
})
