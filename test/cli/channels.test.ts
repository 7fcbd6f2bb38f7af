import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
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

test('list tells what runs, and of this machine what is set up while its gateway does not run', async () => {
  await using home = await Home.make()
  const port = await freePort()
  const list = async (settings: object, words: string[] = []) => {
    const config = { gateway: { port }, channels: settings }
    await writeFile(home.paths.configPath, JSON.stringify(config), { mode: 0o600 })
    return await clawdbot(home, ['channels', 'list', ...words])
  }
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  const telegram = { botToken: `123456:${'A'.repeat(35)}` }
  expect(await list({ telegram })).toEqual({
    ...{ code: 0, err: '' },
    out: 'Channel   Account  State\ntelegram           set up; the gateway does not run\n',
  })
  expect((await list({ telegram: { ...telegram, enabled: false } })).out).toContain('disabled\n')
  expect((await list({})).out).toContain('not set up: clawdbot channels add telegram\n')
  expect(await list({ telegram }, ['--url', `ws://127.0.0.1:${await freePort()}`])).toMatchObject({ code: 4, out: '' })

  await using gateway = await startTestGateway()
  const { out } = await list({}, ['--json', '--url', gateway.url, '--token', testToken])
  expect(JSON.parse(out)).toEqual({ channels: [{ channel: 'telegram', account: null, state: 'not configured' }] })
})
