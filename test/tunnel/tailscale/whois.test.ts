import { expect, test } from 'vitest'
import { createWhois } from '../../../src/tunnel/tailscale/whois.ts'
import { startLocalApi } from '../../support/tailscale/local-api.ts'

const missing = async () => ({ kind: 'missing' }) as const
const says =
  (stdout: string, code = 0) =>
  async () =>
    ({ kind: 'exited', code, stdout, stderr: '' }) as const

test('TS5: the daemon says whose an address is; tagged machines are told apart', async () => {
  await using api = await startLocalApi({
    '100.101.1.2': { login: 'Ada@Example.com' },
    '100.101.1.9': { login: 'tagged-devices', tags: ['tag:ci'] },
  })
  const whois = createWhois(missing, api.socketPath)
  expect(await whois('100.101.1.2')).toEqual({ login: 'ada@example.com', isTagged: false })
  expect(await whois('100.101.1.9')).toEqual({ login: 'tagged-devices', isTagged: true })
  expect(await whois('100.101.1.3')).toBeUndefined()
})

test('TS5: no daemon, a garbled or endless answer, and one that never comes are nobody', async () => {
  await using api = await startLocalApi({ '100.101.1.2': { login: 'ada@example.com' } })
  const whois = createWhois(missing, api.socketPath)
  expect(await createWhois(missing, '/nonexistent/tailscaled.sock')('100.101.1.2')).toBeUndefined()
  api.trouble = 'garbled'
  expect(await whois('100.101.1.2')).toBeUndefined()
  api.trouble = 'endless'
  expect(await whois('100.101.1.2')).toBeUndefined()
  api.trouble = 'hangs'
  expect(await whois('100.101.1.2')).toBeUndefined()
})

test('TS5: where there is no socket the command is asked, and believed in the same way', async () => {
  const answer = JSON.stringify({ Node: { Name: 'x.' }, UserProfile: { LoginName: 'ada@example.com' } })
  const nowhere = '/nonexistent/tailscaled.sock'
  expect(await createWhois(says(answer), nowhere)('100.101.1.2')).toEqual({ login: 'ada@example.com', isTagged: false })
  expect(await createWhois(says(answer, 1), nowhere)('100.101.1.2')).toBeUndefined()
  expect(await createWhois(says('{}'), nowhere)('100.101.1.2')).toBeUndefined()
})
