import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openJournal } from '../../src/server/journal/journal.ts'
import { runGateway } from '../../src/server/run-gateway.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'
import { RawClient } from '../support/raw-client.ts'
import { clawdbot } from './world.ts'

const old = 'the-token-before-of-this-test'

/** A home whose gateway keeps its token in the settings, or in its own file. */
async function homeWith({ settings, file }: { settings?: object; file?: string }): Promise<Home> {
  const home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  if (settings) await writeFile(home.paths.configPath, JSON.stringify(settings, null, 2), { mode: 0o600 })
  if (file !== undefined) await writeFile(home.paths.gatewayToken, `${file}\n`, { mode: 0o600 })
  return home
}

const auth = (facts: object, gateway: object = {}) => ({ gateway: { auth: facts, ...gateway } })

test.each([
  ['in the settings', { settings: auth({ token: old }) }, 'settings'],
  ['in its own file', { file: old }, 'file'],
] as const)(
  'AU12: token rotate replaces one %s, and a gateway that runs takes it up by itself',
  async (_, kept, where) => {
    await using home = await homeWith(kept)
    const env = { CLAWDBOT_STATE_DIR: home.paths.stateDir, HOME: home.dir }
    const stop = new AbortController()
    const printed: string[] = []
    const print = (line: string) => void printed.push(line)
    const ended = runGateway({ flags: { port: 0 }, env, home: home.dir, print, signal: stop.signal })
    await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode: token'), { timeout: 5_000 })
    const url = /ws:\S+/.exec(printed.join('\n'))?.[0] ?? ''
    using client = new RawClient(url)
    expect((await client.connect({ auth: { token: old } })).ok).toBe(true)

    const { code, out } = await clawdbot(home, ['token', 'rotate'])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('takes it up by itself') })
    expect(await client.closed).toEqual({ code: 4001, reason: 'credentials changed' })
    const told = JSON.parse((await clawdbot(home, ['token', 'rotate', '--json'])).out)
    expect(told).toMatchObject({ isRunning: true, isTakenUp: true })
    const shown = await clawdbot(home, ['token', 'rotate', '--show'])
    const next = shown.out.trim()
    expect(Buffer.from(next, 'base64url')).toHaveLength(32)
    expect(out + shown.err).not.toContain(next)
    const keptIn = where === 'file' ? home.paths.gatewayToken : home.paths.configPath
    expect(await readFile(keptIn, 'utf8')).toContain(next)
    expect((await stat(keptIn)).mode & 0o777).toBe(0o600)
    await vi.waitFor(
      async () => {
        using knock = new RawClient(url)
        expect((await knock.connect({ auth: { token: next } })).ok).toBe(true)
      },
      { timeout: 5_000, interval: 100 },
    )
    stop.abort()
    await ended
    using journal = openJournal({ path: join(home.paths.stateDir, 'audit.db'), clock: systemClock })
    expect(journal.read({ limit: 9, what: 'auth.token-rotated' }).map(({ facts }) => facts)).toEqual(
      Array(3).fill({ kept: where }),
    )
  },
)

const reference = (name: string) => `$\{${name}}`

test.each([
  ['a variable named in the settings', auth({ token: reference('MY_TOKEN') }), { MY_TOKEN: old }, 'variable MY_TOKEN'],
  ['the environment', undefined, { CLAWDBOT_GATEWAY_TOKEN: old }, 'variable CLAWDBOT_GATEWAY_TOKEN'],
  ['a gateway that wants a password', auth({ password: old }), {}, 'a password, not for a token'],
  ['settings that cannot be used', { gatway: {} }, {}, 'gatway'],
] as const)('a token that only a person can replace is left alone: %s', async (_, settings, env, why) => {
  await using home = await homeWith({ ...(settings && { settings }), file: 'left-alone' })
  const before = settings && (await readFile(home.paths.configPath, 'utf8'))
  const { code, err } = await clawdbot(home, ['token', 'rotate'], { env })
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(why) })
  expect(err).toMatch(/\n {3}\S/)
  expect(await readFile(home.paths.gatewayToken, 'utf8')).toBe('left-alone\n')
  if (before) expect(await readFile(home.paths.configPath, 'utf8')).toBe(before)
})

test('where settings are not reloaded, it says so; with --json the token is told only when asked for', async () => {
  await using home = await homeWith({ settings: auth({ token: old }, { reload: { mode: 'off' } }) })
  expect((await clawdbot(home, ['token', 'rotate'])).out).toContain('clawdbot gateway restart')
  const quiet = JSON.parse((await clawdbot(home, ['token', 'rotate', '--json'])).out)
  expect(quiet).toEqual({ ok: true, kept: 'settings', path: home.paths.configPath, isRunning: false, isTakenUp: false })
  const loud = JSON.parse((await clawdbot(home, ['token', 'rotate', '--json', '--show'])).out)
  expect(await readFile(home.paths.configPath, 'utf8')).toContain(loud.token)
})

test('a home without any token gets one', async () => {
  await using home = await Home.make()
  expect((await clawdbot(home, ['token', 'rotate'])).code).toBe(0)
  expect((await readFile(home.paths.gatewayToken, 'utf8')).trim()).toHaveLength(43)
})
