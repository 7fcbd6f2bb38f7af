import { describe, expect, test } from 'vitest'
import { fingerprint, isWholeKey, keyTypeOf } from '../../../src/tunnel/ssh/host-key.ts'
import {
  hasAuthority,
  hashName,
  knownHostName,
  knownKeyTypes,
  orderByKnown,
  parseKnownHosts,
  verifyHostKey,
} from '../../../src/tunnel/ssh/known-hosts.ts'
import { keyTypes, publicKey, wire } from '../../support/ssh-public-keys.ts'

const [key, other] = [publicKey('ssh-ed25519'), publicKey('ssh-ed25519')]
const [rsa, ecdsa] = [publicKey('ssh-rsa'), publicKey('ecdsa-sha2-nistp256')]
const shown = (blob: Buffer) => `${keyTypeOf(blob)} ${blob.toString('base64')}`
const web = { hostName: 'web.example', port: 22, hostKeyAlias: undefined }
const hashed = (name: string) => hashName(name, Buffer.alloc(20, 7))

/** Two files, as the person's and the system's. */
function lines(text: string, system = '') {
  return [...parseKnownHosts(text, '/me'), ...parseKnownHosts(system, '/system')]
}

describe('TU3: the verdict on a key', () => {
  test.each<[string, string, object]>([
    ['known by name', `web.example ${shown(key)}`, { kind: 'known', file: '/me', line: 1 }],
    ['known in a list, after a comment', `# a\n\nx,web.example,y ${shown(key)} me@here`, { kind: 'known', line: 3 }],
    ['known hashed', `${hashed('web.example')} ${shown(key)}`, { kind: 'known' }],
    ['known by a wildcard', `*.example ${shown(key)}`, { kind: 'known' }],
    ['known whatever the case', `WEB.Example ${shown(key)}`, { kind: 'known' }],
    ['known beside other keys', `web.example ${shown(other)}\nweb.example ${shown(key)}`, { kind: 'known', line: 2 }],
    ['unknown in an empty file', '', { kind: 'unknown' }],
    ['unknown when negated', `*.example,!web.example ${shown(key)}`, { kind: 'unknown' }],
    ['unknown when only its port is known', `[web.example]:2222 ${shown(key)}`, { kind: 'unknown' }],
    [
      'unknown when the line is damaged',
      `web.example ssh-ed25519 ${key.toString('base64').slice(0, -4)}`,
      { kind: 'unknown' },
    ],
    [
      'changed when it has another key',
      `x ${shown(key)}\nweb.example ${shown(other)}`,
      { kind: 'changed', file: '/me', line: 2 },
    ],
    ['changed when it has a key of another type', `web.example ${shown(rsa)}`, { kind: 'changed', line: 1 }],
    [
      'changed, at the line of the same type',
      `web.example ${shown(rsa)}\nweb.example ${shown(other)}`,
      { kind: 'changed', line: 2 },
    ],
    ['changed when hashed', `${hashed('web.example')} ${shown(other)}`, { kind: 'changed' }],
    ['revoked', `web.example ${shown(key)}\n@revoked * ${shown(key)}`, { kind: 'revoked', line: 2 }],
    ['not revoked by another key', `@revoked * ${shown(other)}\nweb.example ${shown(key)}`, { kind: 'known', line: 2 }],
    ['revoked after a tab', `@revoked\t* ${shown(key)}\nweb.example ${shown(key)}`, { kind: 'revoked', line: 1 }],
    ['vouched for by an authority', `@cert-authority *.example ${shown(other)}`, { kind: 'ca', line: 1 }],
    [
      'known beside an authority',
      `@cert-authority * ${shown(other)}\nweb.example ${shown(key)}`,
      { kind: 'known', line: 2 },
    ],
    ['unknown to an unknown marker', `@trusted web.example ${shown(key)}`, { kind: 'unknown' }],
  ])('%s', (_what, text, verdict) => {
    expect(verifyHostKey(lines(text), web, key)).toMatchObject(verdict)
  })

  test('every file counts, and each place is told with its file', () => {
    expect(verifyHostKey(lines('', `web.example ${shown(key)}`), web, key)).toEqual({
      kind: 'known',
      file: '/system',
      line: 1,
    })
    const changed = verifyHostKey(lines(`web.example ${shown(rsa)}`, `web.example ${shown(other)}`), web, key)
    expect(changed).toMatchObject({
      ...{ kind: 'changed', file: '/system', line: 1 },
      others: [
        { file: '/me', keyType: 'ssh-rsa' },
        { file: '/system', keyType: 'ssh-ed25519' },
      ],
    })
  })

  test('on another port the host has a name of its own, and the bare name helps out', () => {
    const there = { ...web, port: 2222 }
    const bare = `web.example ${shown(key)}`
    expect(verifyHostKey(lines(`[web.example]:2222 ${shown(key)}`), there, key)).toMatchObject({ kind: 'known' })
    expect(verifyHostKey(lines(`${hashed('[web.example]:2222')} ${shown(key)}`), there, key)).toMatchObject({
      kind: 'known',
    })
    expect(verifyHostKey(lines(bare), there, key)).toMatchObject({ kind: 'known' })
    expect(verifyHostKey(lines(bare), there, other)).toEqual({ kind: 'unknown' })
    expect(verifyHostKey(lines(`${bare}\n[web.example]:2222 ${shown(other)}`), there, key)).toMatchObject({
      kind: 'changed',
      line: 2,
    })
    expect(verifyHostKey(lines(`@revoked ${bare}`), there, key)).toMatchObject({ kind: 'revoked' })
  })

  test('an alias takes the place of name and port', () => {
    const alias = { ...web, port: 2222, hostKeyAlias: 'Gate' }
    expect(verifyHostKey(lines(`gate ${shown(key)}`), alias, key)).toMatchObject({ kind: 'known' })
    expect(verifyHostKey(lines(`[web.example]:2222,web.example,[gate]:2222 ${shown(key)}`), alias, key)).toEqual({
      kind: 'unknown',
    })
  })
})

test.each([
  [{ hostName: 'Web', port: 22, hostKeyAlias: undefined }, 'web'],
  [{ hostName: 'web', port: 2222, hostKeyAlias: undefined }, '[web]:2222'],
  [{ hostName: 'fe80::1', port: 22, hostKeyAlias: undefined }, 'fe80::1'],
  [{ hostName: 'fe80::1', port: 8022, hostKeyAlias: undefined }, '[fe80::1]:8022'],
  [{ hostName: 'web', port: 2222, hostKeyAlias: 'Gate' }, 'gate'],
])('%j is written as %s', (host, name) => {
  expect(knownHostName(host)).toBe(name)
})

describe('TU4: algorithms', () => {
  const offered = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']

  test.each<[string, string, string[]]>([
    ['nothing known: as they are', '', offered],
    [
      'known by ECDSA',
      `web.example ${shown(ecdsa)}`,
      ['ecdsa-sha2-nistp256', 'ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
    ],
    [
      'known by RSA',
      `web.example ${shown(rsa)}`,
      ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-ed25519', 'ecdsa-sha2-nistp256'],
    ],
    [
      'revoked and authorities do not count',
      `@revoked web.example ${shown(rsa)}\n@cert-authority * ${shown(ecdsa)}`,
      offered,
    ],
  ])('%s', (_what, text, order) => {
    expect(orderByKnown(offered, lines(text), web)).toEqual(order)
  })

  test('a host on another port is asked for what its bare name is known by, unless it has keys of its own', () => {
    const there = { ...web, port: 2222 }
    expect(knownKeyTypes(lines(`web.example ${shown(rsa)}`), there)).toEqual(['ssh-rsa'])
    expect(knownKeyTypes(lines(`web.example ${shown(rsa)}\n[web.example]:2222 ${shown(ecdsa)}`), there)).toEqual([
      'ecdsa-sha2-nistp256',
    ])
    expect(knownKeyTypes(lines(`web.example ${shown(rsa)}`), { ...there, hostKeyAlias: 'gate' })).toEqual([])
  })
})

test('an authority is seen before anything is dialled', () => {
  expect(hasAuthority(lines(`@cert-authority *.example ${shown(key)}`), web)).toBe(true)
  expect(hasAuthority(lines(`@cert-authority *.other ${shown(key)}\nweb.example ${shown(key)}`), web)).toBe(false)
})

describe('a key', () => {
  test.each(keyTypes)('of type %s is whole, and not with a byte more or less', (type) => {
    const blob = publicKey(type)
    expect([keyTypeOf(blob), isWholeKey(blob, type)]).toEqual([type, true])
    expect(isWholeKey(blob.subarray(0, -1), type)).toBe(false)
    expect(isWholeKey(Buffer.concat([blob, Buffer.from([0])]), type)).toBe(false)
    expect(isWholeKey(blob, 'ssh-dss')).toBe(false)
  })

  test('that is none says so', () => {
    expect(keyTypeOf(Buffer.from([0, 0, 0, 9, 1]))).toBeUndefined()
    expect(keyTypeOf(Buffer.alloc(0))).toBeUndefined()
    expect(isWholeKey(wire('ssh-ed25519', ''), 'ssh-ed25519')).toBe(false)
    expect(isWholeKey(wire('ssh-none', 'x'), 'ssh-none')).toBe(false)
  })

  test('has the fingerprint OpenSSH prints', () => {
    // `ssh-keygen -lf` of this line.
    const github = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
    expect(fingerprint(Buffer.from(github, 'base64'))).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
  })
})
