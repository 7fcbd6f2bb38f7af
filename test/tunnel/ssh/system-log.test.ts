import { expect, test } from 'vitest'
import { isAtLeast, isChannelOpen, isTelling, layerOfLine } from '../../../src/tunnel/ssh/system-log.ts'

test('versions are compared by number, and what is not OpenSSH is older than any', () => {
  const can = ['OpenSSH_9.4p1, OpenSSL 3', 'OpenSSH_10.0p2 Debian-7', 'OpenSSH_for_Windows_9.5p1, LibreSSL 3.8']
  const cannot = ['OpenSSH_9.2p1 Debian-2', 'OpenSSH_for_Windows_8.6p1', 'dropbear 2022']
  expect([...can, ...cannot].map((version) => isAtLeast(version, [9, 4]))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})

test('the way up shows in what ssh says of itself; the rest is not told', () => {
  const lines = [
    'debug1: Connecting to vps [203.0.113.7] port 22.',
    'debug1: Connection established.',
    'debug1: Local version string SSH-2.0-OpenSSH_9.2p1',
    'debug1: Server host key: ssh-ed25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
    'debug1: SSH2_MSG_NEWKEYS received',
    'Authenticated to vps ([203.0.113.7]:22) using "publickey".',
    'debug2: channel 0: open confirm rwindow 2097152 rmax 32768',
  ]
  const told = lines
    .map(layerOfLine)
    .map((event) => event && `${event.layer} ${event.state} ${event.detail ?? ''}`.trim())
  expect(told).toEqual([
    ...['tcp begun 203.0.113.7', 'tcp up', 'ssh begun', 'ssh up ssh-ed25519', 'auth begun', 'auth up publickey'],
    undefined,
  ])
  expect(lines.map(isChannelOpen)).toEqual([false, false, false, false, false, false, true])
  expect(lines.filter(isTelling)).toEqual([lines[3], lines[5]])
})
