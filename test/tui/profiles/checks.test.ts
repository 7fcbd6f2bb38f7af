import { describe, expect, test } from 'vitest'
import { builtInLocal, type NewProfile } from '../../../src/client/profiles.ts'
import { problemsOf } from '../../../src/tui/profiles/checks.ts'
import { draftOf, valuesOf } from '../../../src/tui/profiles/draft.ts'
import { emptyValues, fieldsOf, type Values } from '../../../src/tui/profiles/fields.ts'

const saved = (name: string) => ({
  id: name,
  name,
  createdAt: 0,
  ways: [{ kind: 'ssh', host: 'h' }] as NewProfile['ways'],
})
const beside = { book: { version: 1 as const, profiles: [saved('vps')] }, old: undefined, hasSecret: false }
const fill = (values: Values): Values => ({ ...emptyValues, ...values })
const problems = (values: Values) =>
  Object.fromEntries(Object.entries(problemsOf(fill(values), beside)).map(([id, { text }]) => [id, text]))

const good: Values = { name: 'desk', '0.host': 'desk.example' }

test.each<[string, Values, Record<string, string>]>([
  ['nothing yet', {}, { name: 'is needed', '0.host': 'is needed' }],
  ['a good one', good, {}],
  ['a name of two words', { ...good, name: 'my desk' }, { name: expect.stringContaining('one word') as never }],
  ['a name that is taken', { ...good, name: 'VPS' }, { name: 'There is a profile vps already' }],
  ['the name of the built-in one', { ...good, name: 'local' }, { name: expect.stringContaining('built-in') as never }],
  [
    'a host that would be an option',
    { ...good, '0.host': '-oProxyCommand=x' },
    { '0.host': 'is not a host name, address or alias' },
  ],
  ['a port with letters', { ...good, '0.port': '22x' }, { '0.port': 'must be a number from 1 to 65535' }],
  ['a port that is too high', { ...good, '0.port': '70000' }, { '0.port': 'must be a number from 1 to 65535' }],
  ['a user with a space', { ...good, '0.user': 'a b' }, { '0.user': 'is not a user name' }],
  ['no address', { name: 'g', '0.kind': 'direct' }, { '0.url': 'is needed' }],
  [
    'a plain address beyond this machine',
    { name: 'g', '0.kind': 'direct', '0.url': 'ws://gateway.example' },
    { '0.url': 'ws://gateway.example:80 is neither encrypted nor on this machine' },
  ],
  [
    'the same, allowed',
    { name: 'g', '0.kind': 'direct', '0.url': 'ws://gateway.example', '0.insecure': 'allowed' },
    {},
  ],
  [
    'a fingerprint that is none',
    { name: 'g', '0.kind': 'direct', '0.url': 'wss://gateway.example', '0.pin': 'ab:cd' },
    { '0.pin': 'must be the 64 hex digits of a SHA-256 fingerprint' },
  ],
  ['a second way without its machine', { ...good, '1.kind': 'tailscale' }, { '1.peer': 'is needed' }],
  [
    'a variable that is none',
    { ...good, secret: 'environment', 'secret.variable': '1X' },
    { 'secret.variable': 'is not the name of an environment variable' },
  ],
  ['a secret to keep that is not typed', { ...good, secret: 'private file' }, { 'secret.value': 'is needed' }],
])('%s', (_, values, expected) => expect(problems(values)).toEqual(expected))

test('that empty leaves the secret is said only where one is kept', () => {
  const hint = (isKept: boolean) =>
    fieldsOf(fill({ ...good, secret: 'keychain' }), isKept).find(({ id }) => id === 'secret.value')?.hint
  expect([hint(true), hint(false)]).toEqual(['empty leaves what is kept', 'shows as dots'])
})

test('what is typed already is kept: a secret in a file needs not be typed again', () => {
  const old = { ...saved('vps'), secret: { source: 'file' as const, secret: 'token' as const } }
  expect(problemsOf(valuesOf(old), { ...beside, old })).toEqual({})
})

describe('a profile is filled in and read back as it was', () => {
  const ways: NewProfile['ways'][] = [
    [
      {
        kind: 'ssh',
        host: 'vps',
        user: 'me',
        port: 2222,
        identity: '~/.ssh/id',
        jump: ['a@b:1', 'c'],
        gatewayPort: 1,
        engine: 'system',
      },
    ],
    [{ kind: 'ssh', host: 'vps', jump: [], gatewaySocket: '/run/gw.sock' }],
    [
      { kind: 'tailscale', peer: 'desk', port: 443 },
      { kind: 'ssh', host: 'desk' },
    ],
    [{ kind: 'direct', url: 'wss://g.example', tlsFingerprint: 'a'.repeat(64) }],
    [
      { kind: 'direct', url: 'ws://10.0.0.1', insecure: true },
      { kind: 'local' },
      { kind: 'ssh', host: 'x' },
      { kind: 'tailscale', peer: 'y' },
    ],
    builtInLocal.ways,
  ]
  const secrets: NewProfile['secret'][] = [
    undefined,
    { source: 'env', secret: 'token', variable: 'X' },
    { source: 'keychain', secret: 'password' },
    { source: 'file', secret: 'token' },
    { source: 'prompt', secret: 'password' },
  ]
  test.each(ways.flatMap((way) => secrets.map((secret) => [way, secret] as const)))('%j %j', (way, secret) => {
    const profile = { id: 'x', createdAt: 0, name: '東京', ways: way, warm: true, ...(secret ? { secret } : {}) }
    const { id: _, createdAt: __, ...rest } = profile
    expect(draftOf(valuesOf(profile))).toEqual(rest)
  })
})

test('there is always room for one more way, and never more than four', () => {
  const kinds = (values: Values) =>
    fieldsOf(fill(values)).filter(({ id }) => id.endsWith('.kind') && id !== 'secret.kind').length
  expect(kinds({})).toBe(2)
  expect(kinds({ '1.kind': 'ssh', '2.kind': 'local' })).toBe(4)
  expect(kinds({ '1.kind': 'ssh', '2.kind': 'ssh', '3.kind': 'ssh', '4.kind': 'ssh' })).toBe(4)
})
