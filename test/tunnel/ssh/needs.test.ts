import { expect, test } from 'vitest'
import type { SshHost } from '../../../src/tunnel/ssh/host.ts'
import type { IdentityKind } from '../../../src/tunnel/ssh/identity-kinds.ts'
import { parseKnownHosts } from '../../../src/tunnel/ssh/known-hosts.ts'
import { systemChance, systemNeed } from '../../../src/tunnel/ssh/needs.ts'
import { resolveOurselves } from '../../../src/tunnel/ssh/resolve.ts'
import { sshHome } from '../../support/ssh-home.ts'
import { publicKey } from '../../support/ssh-public-keys.ts'

const signal = new AbortController().signal

async function host(config: string): Promise<SshHost> {
  await using folder = await sshHome({ config })
  return await resolveOurselves({ host: 'web' }, { home: folder.home, env: {}, signal, systemFile: '/nonexistent' })
}

const plain: IdentityKind = { path: '/k/plain', keyType: 'ssh-ed25519', hasCertificate: false }
const token: IdentityKind = { path: '/k/token', keyType: 'sk-ssh-ed25519@openssh.com', hasCertificate: false }
const certified: IdentityKind = { ...plain, path: '/k/cert', hasCertificate: true }

test.each<[string, string, IdentityKind[], string | undefined]>([
  ['nothing in particular', '', [plain], undefined],
  ['GSSAPI, which is only a chance', 'GSSAPIAuthentication yes', [plain], undefined],
  ['jump hosts', 'ProxyJump a,b', [], undefined],
  ['a command', 'ProxyCommand nc %h %p', [], 'ProxyCommand'],
  ['no command', 'ProxyCommand none', [], undefined],
  ['a named certificate', 'CertificateFile /c', [plain], 'the certificate /c'],
  ['a certificate beside a key', '', [plain, certified], 'the certificate /k/cert-cert.pub'],
  ['a certificate, but no keys wanted', 'PubkeyAuthentication no', [certified], undefined],
  ['a token', 'PKCS11Provider /lib/p11.so', [plain], 'the PKCS#11 token of /lib/p11.so'],
  ['a security key', '', [token], 'the security key /k/token'],
  ['a security key among others', '', [plain, token], undefined],
  ['a security key and an agent', 'IdentityAgent /agent', [token], undefined],
  [
    'only a security key, whatever the agent has',
    'IdentityAgent /agent\nIdentitiesOnly yes',
    [token],
    'the security key /k/token',
  ],
  ['keys of hosts from a command', 'KnownHostsCommand /bin/kh', [], 'KnownHostsCommand'],
  ['a list of revoked keys', 'RevokedHostKeys /r', [], 'RevokedHostKeys /r'],
  ['an interface', 'BindInterface eth1', [], 'BindInterface eth1'],
])('%s', async (_what, config, identities, need) => {
  expect(systemNeed(await host(`${config}\n`), [], identities)).toBe(need)
})

test('what was not evaluated is left to the system, in its own words', async () => {
  expect(systemNeed(await host('Match exec true\nUser a\n'), [], [])).toMatch(/^Match exec \(.*config line 1\)$/)
})

test('an authority for the host', async () => {
  const web = await host('')
  const line = (names: string) =>
    parseKnownHosts(`@cert-authority ${names} ssh-ed25519 ${publicKey('ssh-ed25519').toString('base64')}\n`, '/kh')
  expect(systemNeed(web, line('w*'), [])).toBe('a host certificate (@cert-authority)')
  expect(systemNeed(web, line('*.example'), [])).toBeUndefined()
})

test.each<[string, IdentityKind[], string[], string | undefined]>([
  ['', [plain], ['publickey'], undefined],
  ['', [plain, token], ['publickey', 'password'], 'the security key /k/token'],
  ['', [plain, token], ['password'], undefined],
  ['GSSAPIAuthentication yes', [plain], ['publickey', 'gssapi-with-mic'], 'Kerberos (GSSAPI)'],
  ['GSSAPIAuthentication yes', [plain], ['publickey'], undefined],
  ['GSSAPIAuthentication no', [plain], ['gssapi-with-mic'], undefined],
])('after a refused login: %j with %j, where the server takes %j', async (config, identities, methods, chance) => {
  expect(systemChance(await host(`${config}\n`), identities, methods)).toBe(chance)
})
