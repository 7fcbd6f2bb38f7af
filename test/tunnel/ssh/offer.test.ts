import { expect, test } from 'vitest'
import type { SshHost } from '../../../src/tunnel/ssh/host.ts'
import { isTamperable, offerFor } from '../../../src/tunnel/ssh/offer.ts'
import { resolveOurselves } from '../../../src/tunnel/ssh/resolve.ts'
import { sshHome } from '../../support/ssh-home.ts'

async function hostOf(config: string): Promise<SshHost> {
  await using home = await sshHome({ config: `Host vps\n${config}\n` })
  const context = { home: home.home, env: {}, signal: AbortSignal.timeout(5000), systemFile: '/nowhere' }
  return await resolveOurselves({ host: 'vps' }, context)
}

test('AES-GCM is offered first, ChaCha20 last, and nothing that OpenSSH has given up', async () => {
  const offer = offerFor(await hostOf(''), [])
  expect(offer.cipher[0]).toBe('aes128-gcm@openssh.com')
  expect(offer.cipher.at(-1)).toBe('chacha20-poly1305@openssh.com')
  expect(Object.values(offer).flat()).not.toContainEqual(expect.stringMatching(/-cbc$|^ssh-rsa$|^diffie.*sha1$|^zlib/))
  expect(offer.compress).toEqual(['none'])
})

test('old algorithms are there for those who name them, and what ssh2 lacks leaves nothing to offer', async () => {
  const old = 'HostKeyAlgorithms +ssh-rsa\nKexAlgorithms +diffie-hellman-group14-sha1\nCiphers aes128-cbc\n'
  const offer = offerFor(await hostOf(old), [])
  expect([offer.serverHostKey.at(-1), offer.kex.at(-1), offer.cipher]).toEqual([
    ...['ssh-rsa', 'diffie-hellman-group14-sha1', ['aes128-cbc']],
  ])
  expect(offerFor(await hostOf('KexAlgorithms mlkem768x25519-sha256'), []).kex).toEqual([])
})

test('TU13: packets of ChaCha20 and of CBC with encrypt-then-MAC need strict order, others do not', () => {
  const etm = 'hmac-sha2-256-etm@openssh.com'
  expect(isTamperable('chacha20-poly1305@openssh.com', '', false)).toBe(true)
  expect(isTamperable('chacha20-poly1305@openssh.com', '', true)).toBe(false)
  expect(isTamperable('aes128-cbc', etm, false)).toBe(true)
  expect(isTamperable('aes128-cbc', 'hmac-sha2-256', false)).toBe(false)
  expect(isTamperable('aes128-gcm@openssh.com', '', false)).toBe(false)
  expect(isTamperable('aes256-ctr', etm, false)).toBe(false)
})
