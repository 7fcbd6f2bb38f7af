import { expect, test } from 'vitest'
import type { Profile, ProfileBook } from '../../src/client/profile.ts'
import { exportProfiles, type Found, planImport, readExport } from '../../src/client/profile-import.ts'
import { addProfile, allProfiles } from '../../src/client/profiles.ts'

const empty: ProfileBook = { version: 1, profiles: [] }
const ssh = (name: string, host = name): Found => ({ name, ways: [{ kind: 'ssh', host }], from: 'a test' })
const names = (found: readonly Found[]) => found.map(({ name }) => name)

test('what is new is added under a free name, what a profile leads to is known', () => {
  const book = addProfile(empty, { name: 'desk', ways: [{ kind: 'ssh', host: 'vps' }] }, 'id', 1)
  const plan = planImport(book, [
    ssh('vps'),
    ssh('Desk', 'other'),
    ssh('local', 'here'),
    ssh('a b/c', 'abc'),
    ssh('twin', 'abc'),
  ])
  expect(names(plan.add)).toEqual(['Desk-2', 'local-2', 'a-b-c'])
  expect(plan.known.map(({ found, as }) => [found.name, as])).toEqual([
    ['vps', 'desk'],
    ['twin', 'a-b-c'],
  ])
})

test('what would be refused when typed is left out with its reason', () => {
  const plain: Found = { name: 'plain', ways: [{ kind: 'direct', url: 'ws://g.example' }], from: 'a test' }
  const { add, refused } = planImport(empty, [plain, ssh('evil', '-oProxyCommand=id')])
  expect(add).toEqual([])
  expect(refused.map(({ reason }) => reason)).toEqual([
    'ws://g.example:80 is neither encrypted nor on this machine',
    'way 1, host: is not a host name, address or alias',
  ])
})

test('an exported list is imported as it was, and imported again adds nothing', () => {
  const ways: Profile['ways'] = [
    { kind: 'tailscale', peer: 'vps' },
    { kind: 'ssh', host: 'vps', jump: ['a'], gatewayPort: 1 },
  ]
  const secret = { source: 'prompt', secret: 'password' } as const
  const book = addProfile(empty, { name: 'vps', ways, warm: true, secret }, 'secret-id', 1)
  const text = JSON.stringify(exportProfiles(book.profiles))
  expect(text).not.toContain('secret-id')
  const { add } = planImport(empty, readExport(text, 'a file'))
  const [{ from: _, ...bare }] = add as [Found]
  const again = addProfile(empty, bare, 'new-id', 2)
  expect(allProfiles(again)[1]).toMatchObject({ name: 'vps', ways, warm: true, secret })
  expect(names(planImport(again, readExport(text, 'a file')).add)).toEqual([])
})

test('a way that is local to the machine of the list leads nowhere here: neither to the gateway of this one, nor first', () => {
  const ways: Profile['ways'] = [{ kind: 'local' }, { kind: 'ssh', host: 'home.lan' }]
  const text = JSON.stringify({
    version: 1,
    profiles: [
      { name: 'home', ways },
      { name: 'here', ways: [{ kind: 'local' }] },
    ],
  })
  const { add, known } = planImport(empty, readExport(text, 'a file'))
  expect(add.map(({ name, ways }) => [name, ways])).toEqual([['home', [{ kind: 'ssh', host: 'home.lan' }]]])
  expect(known.map(({ found, as }) => [found.name, as])).toEqual([['here', 'local']])
})

test("AU16, TR4: a stranger's list names no variable to be told and allows no plain text", () => {
  const secret = { source: 'env', secret: 'token', variable: 'OPENAI_API_KEY' }
  const way = { kind: 'direct', url: 'ws://evil.example', insecure: true }
  const found = readExport(JSON.stringify({ version: 1, profiles: [{ name: 'a', ways: [way], secret }] }), 'a file')
  expect(found).toEqual([{ name: 'a', ways: [{ kind: 'direct', url: 'ws://evil.example' }], from: 'a file' }])
  expect(planImport(empty, found).refused).toHaveLength(1)
})

test.each([
  ['{', 'not valid JSON'],
  ['[]', 'a file is no list of profiles'],
  ['{"version":2,"profiles":[]}', 'version'],
  ['{"version":1,"profiles":[{"name":"a","ways":[{"kind":"ssh","host":"a"}],"token":"hunter2"}]}', 'Unrecognized key'],
  ['{"version":1,"profiles":[{"name":"a","ways":[{"kind":"carrier-pigeon"}]}]}', 'profiles.0.ways.0.kind'],
])('%s is no list', (text, problem) => {
  expect(() => readExport(text, 'a file')).toThrow(problem)
})
