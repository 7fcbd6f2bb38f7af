import { expect, test } from 'vitest'
import { addHostBlock, type HostBlock, hasHost } from '../../../src/tunnel/ssh/host-block.ts'

const block: HostBlock = {
  ...{ alias: 'vps', hostName: 'vps.example', user: 'deploy', port: 2222 },
  ...{ identityFile: '/home/ann/my keys/id 100%', proxyJump: 'jump.example' },
}

test('an alias is there when a Host line names it, not when a pattern happens to match', () => {
  expect(hasHost('Host a vps b\n', 'vps')).toBe(true)
  expect(hasHost('host "vps"\n', 'vps')).toBe(true)
  expect(hasHost('Host *\nHost vp?\n# Host vps\nMatch host vps\n', 'vps')).toBe(false)
})

test('what is usual is left out', () => {
  const plain = { ...block, port: 22, proxyJump: undefined, identityFile: '~/.ssh/id_ed25519' }
  expect(addHostBlock('', plain)).toBe(
    'Host vps\n  HostName vps.example\n  User deploy\n  IdentityFile ~/.ssh/id_ed25519\n',
  )
})
