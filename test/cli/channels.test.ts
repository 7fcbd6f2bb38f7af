import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { clawdbot } from './world.ts'

test('to forget the token of a channel that is none is refused with the names of those there are', async () => {
  await using home = await Home.make()
  await using gateway = await startTestGateway()
  const at = ['--url', gateway.url, '--token', testToken]
  const logout = (channel: string) => clawdbot(home, ['channels', 'logout', channel, ...at])
  expect(await logout('telegram')).toMatchObject({ code: 0, out: 'There was no token to forget.\n' })
  const { code, err } = await logout('telegramm')
  expect(code).toBe(2)
  expect(err).toContain('This gateway has no channel "telegramm"')
  expect(err).toContain('Its channels: telegram\n')
  expect(err).not.toContain('channels.logout')
})
