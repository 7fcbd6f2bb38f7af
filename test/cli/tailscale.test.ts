import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { type StandIn, standInTailscale } from '../support/tailscale/stand-in.ts'
import { clawdbot, type WorldOptions } from './world.ts'

const host = 'laptop.tail1234.ts.net'

const run = (home: Home, tailscale: StandIn, words: string, options: WorldOptions = {}) =>
  clawdbot(home, ['tailscale', ...words.split(' ')], { ...options, env: { ...tailscale.env, ...options.env } })

const modeOf = async (home: Home) => (await clawdbot(home, ['config', 'get', 'gateway.tailscale.mode'])).out.trim()

test('status says how Tailscale is, as lines and as JSON, and fails where more is wanted than there is', async () => {
  await using home = await Home.make()
  using tailscale = standInTailscale()
  const fine = await run(home, tailscale, 'status')
  expect(fine.code).toBe(0)
  expect(fine.out).toMatch(/✅ Tailscale is running\n.*1\.94\.1\n.*laptop\.tail1234\.ts\.net\n.*100\.101\.1\.1/s)
  expect(JSON.parse((await run(home, tailscale, 'status --json')).out)).toMatchObject({
    ...{ tailscale: 'running', name: host, mode: 'off', served: { kind: 'nothing' }, others: 0, asWanted: true },
  })
  await clawdbot(home, ['config', 'set', 'gateway.tailscale.mode', 'serve'])
  const wanting = await run(home, tailscale, 'status')
  expect(wanting).toMatchObject({ code: 1, out: expect.stringContaining('clawdbot tailscale fix') })
  tailscale.change({ backend: 'Stopped' })
  const stopped = await run(home, tailscale, 'status')
  expect(stopped).toMatchObject({
    code: 1,
    out: expect.stringContaining('❌ Tailscale is stopped on this machine\n   Run: tailscale up'),
  })
})

test('where no gateway runs, serve is kept for the next start, and off takes it back', async () => {
  await using home = await Home.make()
  using tailscale = standInTailscale()
  const on = await run(home, tailscale, 'serve')
  expect(on).toMatchObject({ code: 0, out: expect.stringContaining('clawdbot gateway start') })
  expect(await modeOf(home)).toBe('serve')
  const fix = await run(home, tailscale, 'fix')
  expect(fix).toMatchObject({ code: 1, err: expect.stringContaining('The gateway does not run') })
  const off = await run(home, tailscale, 'off')
  expect(off).toMatchObject({ code: 0, out: expect.stringContaining('gateway.tailscale.mode is off') })
  expect(await modeOf(home)).toBe('off')
  expect((await run(home, tailscale, 'fix')).out).toContain('Nothing to fix')
})

test.each([
  [{ backend: 'NeedsLogin' }, 'Tailscale is logged out'],
  [{ https: false }, 'Serve needs HTTPS certificates'],
  [{ version: '1.50.0' }, 'is too old'],
] as const)('TS11: with %j, serve changes nothing and says why', async (world, sentence) => {
  await using home = await Home.make()
  using tailscale = standInTailscale(world)
  expect(await run(home, tailscale, 'serve')).toMatchObject({ err: expect.stringContaining(sentence) })
  expect(await modeOf(home)).toBe('off')
})

test('TS9: funnel takes a password of 24 characters that is not guessed easily, and the typed name of this machine', async () => {
  await using home = await Home.make()
  using tailscale = standInTailscale()
  expect(await run(home, tailscale, 'funnel')).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /password of at least 24 characters, and its mode is "token"[\s\S]*clawdbot password set/,
    ),
  })
  const short = { CLAWDBOT_GATEWAY_PASSWORD: 'hunter2' }
  const refused = await run(home, tailscale, 'funnel', { env: short })
  expect(refused.err).toContain('it has a shorter one')
  expect(refused.err).not.toContain('hunter2')
  const guessable = { CLAWDBOT_GATEWAY_PASSWORD: 'a'.repeat(28) }
  const guessed = await run(home, tailscale, 'funnel --confirm laptop', { env: guessable })
  expect(guessed).toMatchObject({
    code: 2,
    err: expect.stringMatching(/it has one that is guessed too easily[\s\S]*clawdbot password set/),
  })
  const strong = { CLAWDBOT_GATEWAY_PASSWORD: 'kettle orbit mango thimble' }
  expect(await run(home, tailscale, 'funnel --confirm desktop', { env: strong })).toMatchObject({ code: 2 })
  expect(await modeOf(home)).toBe('off')
  expect(await run(home, tailscale, 'funnel --confirm laptop', { env: strong })).toMatchObject({ code: 0 })
  expect(await modeOf(home)).toBe('funnel')
  tailscale.change({ funnel: false })
  expect((await run(home, tailscale, 'funnel --confirm laptop', { env: strong })).err).toContain('attribute "funnel"')
})
