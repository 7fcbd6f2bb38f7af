import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

test('a file that no call can carry is refused with its size, the largest there may be, and what to do', async () => {
  await using home = await Home.make()
  await using gateway = await startTestGateway()
  const path = join(home.dir, 'film.mkv')
  await writeFile(path, Buffer.alloc(12 * 1024 * 1024))
  const words = ['channels', 'send', 'telegram', '1001', 'look', '--file', path]
  const { code, err } = await clawdbot(home, [...words, '--url', gateway.url, '--token', testToken])
  expect(code).toBe(1)
  expect(err).toContain('film.mkv has 12 MB, more than the 5.9 MB that a call to the gateway can carry\n')
  expect(err).toContain('mediaMaxMb')
})
