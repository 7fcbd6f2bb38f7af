import { expect, test } from 'vitest'
import { brokenOff, harmless, hopFault, placeOf, tcpFault } from '../../../src/tunnel/ssh/faults.ts'
import type { SshHost } from '../../../src/tunnel/ssh/host.ts'

const host = (alias: string, hostName = alias, port = 22) =>
  ({ alias, hostName, port, user: 'deploy', typed: { user: 'deploy', host: alias } }) as SshHost

test('a host is called what the person calls it, and where it is', () => {
  expect(placeOf(host('vps', '203.0.113.7', 2222))).toBe('vps (203.0.113.7:2222)')
  expect(placeOf(host('2001:db8::1', '2001:db8::1'))).toBe('[2001:db8::1]:22')
})

test('what a server says is one short line that commands no terminal', () => {
  expect(harmless('\u001b]0;x\u0007Go\r\naway\u202e!')).toBe(']0;x Go away !')
  expect(harmless('a'.repeat(1000))).toHaveLength(300)
})

test('network errors by their kind', () => {
  const codes = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH'].map(
    (code) => tcpFault(host('vps'), Object.assign(new Error(code), { code })).code,
  )
  expect(codes).toEqual(['ssh.unreachable', 'ssh.unreachable', 'ssh.refused', 'ssh.timeout', 'ssh.unreachable'])
})

test('a hop says why it cannot go on', () => {
  const to = (reason: number, message: string) => hopFault(host('jump'), host('vps'), { reason, message })
  expect(to(2, 'Connection refused')).toMatchObject({
    code: 'ssh.refused',
    message: expect.stringContaining('as seen from jump'),
  })
  expect(to(2, 'Connection timed out').code).toBe('ssh.timeout')
  expect(to(2, 'Name or service not known')).toMatchObject({ code: 'ssh.unreachable', details: { layer: 'dns' } })
  expect(to(2, 'No route to host')).toMatchObject({
    code: 'ssh.unreachable',
    remedy: 'Check from jump with: nc -vz vps 22',
  })
  expect(to(1, 'open failed')).toMatchObject({ code: 'ssh.forwarding-denied', retryable: false })
})

test('TU17: a missing algorithm is told in our own words, with its feature for the other engine', () => {
  const fault = brokenOff(host('vps'), new Error('Handshake failed: no matching key exchange algorithm'))
  expect(fault).toMatchObject({
    code: 'ssh.unsupported',
    details: { feature: expect.stringContaining('post-quantum') },
  })
  expect(fault.message).not.toContain('Handshake failed')
  expect(brokenOff(host('vps'), new Error('Handshake failed: no matching C->S MAC')).message).toContain('C->S MAC')
  expect(brokenOff(host('vps'), new Error('Too many authentication failures')).code).toBe('ssh.unauthorized')
})
