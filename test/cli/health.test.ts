import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { noAnswer, StandInGateway } from '../support/stand-in-gateway.ts'
import { clawdbot } from './world.ts'

const telegram = { telegram: { configured: true, running: true, probe: { ok: true } } }

test.each([3, 4] as const)('protocol %i: healthy, authenticated, and its channels', async (protocol) => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ protocol, token: 's', channels: telegram })
  expect(await clawdbot(home, ['health', '--url', gateway.url, '--token', 's'])).toEqual({
    code: 0,
    out: '✅ Gateway is healthy\n✅ Authenticated successfully\n✅ Channels: telegram (connected)\n',
    err: '',
  })
})

test('without channels there is no line about them; with --json the result itself', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  expect((await clawdbot(home, ['health', '--url', gateway.url])).out).not.toContain('telegram')
  const { out } = await clawdbot(home, ['health', '--url', gateway.url, '--json'])
  expect(JSON.parse(out)).toMatchObject({ ok: true, channels: {} })
})

test('a channel that does not work is shown with its reason, which cannot touch the terminal', async () => {
  await using home = await Home.make()
  const channels = { telegram: { configured: true, lastError: 'bad token\u001b[2J' }, discord: { configured: false } }
  await using gateway = await StandInGateway.start({ channels })
  const { out } = await clawdbot(home, ['health', '--url', gateway.url])
  expect(out).toContain('❌ telegram: failed: bad token\\x1b[2J\n❌ discord: not configured\n')
})

test('every failure has its own sentence, remedy and exit code', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'right', methods: { health: () => noAnswer } })
  await using closed = await StandInGateway.start()
  const { url: nobody } = closed
  await closed[Symbol.asyncDispose]()
  const pairing = { code: 'NOT_PAIRED', message: 'pairing required', details: { requestId: 'req-7' } }
  await using strict = await StandInGateway.start({ refuse: pairing })
  await using future = await StandInGateway.start({ refuse: { code: 'INVALID_REQUEST', message: 'protocol mismatch' } })
  const run = async (...words: string[]) => {
    const { code, out, err } = await clawdbot(home, ['health', ...words])
    expect(out).toBe('')
    return `${code} ${err.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')}`
  }
  expect(await run('--url', gateway.url)).toMatch(/^3 ❌ .* wants a token\n {3}Give the gateway's token with --token/)
  expect(await run('--url', gateway.url, '--token', 'no')).toMatch(/^3 ❌ .* does not accept this token\n/)
  expect(await run('--url', gateway.url, '--password', 'no')).toMatch(
    /^3 ❌ .* wants a token, not a password\n {3}Give the gateway's token with --token/,
  )
  expect(await run('--url', nobody)).toMatch(/^4 ❌ Nothing listens at ws:\/\/HOST\n {3}Start the gateway/)
  const slow = await run('--url', gateway.url, '--token', 'right', '--timeout', '1500')
  expect(slow).toMatch(/^5 ❌ The gateway did not answer health within 1500 ms\n/)
  expect(await run('--url', strict.url)).toMatch(/^3 ❌ .*waits for approval\n.*clawdbot devices approve req-7\n/)
  expect(await run('--url', future.url)).toMatch(/^6 ❌ .* another version of the gateway protocol\n/)
  expect(await run('--url', 'ws://10.1.2.3:18789')).toMatch(/^2 ❌ .* neither encrypted nor on this machine\n/)
})

test('a failure with --json is one object for programs', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'right' })
  const { code, out, err } = await clawdbot(home, ['health', '--url', gateway.url, '--json'])
  expect({ code, err }).toEqual({ code: 3, err: '' })
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'client.unauthorized' } })
})

test('the secret comes from the flag, else the environment, and is never printed', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'hunter2' })
  const words = ['health', '--url', gateway.url]
  const fromEnv = await clawdbot(home, words, { env: { CLAWDBOT_GATEWAY_TOKEN: 'hunter2' } })
  expect(fromEnv.code).toBe(0)
  const wrongFlag = await clawdbot(home, [...words, '--token', 'hunter3'], {
    env: { CLAWDBOT_GATEWAY_TOKEN: 'hunter2' },
  })
  expect(wrongFlag.code).toBe(3)
  expect(JSON.stringify([fromEnv, wrongFlag])).not.toMatch(/hunter/)
})
