import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Surroundings } from '../../src/cli/command.ts'
import { answered, beginOnboarding, proposed, tried } from '../../src/client/onboard/machine.ts'
import { carryOut } from '../../src/client/onboard/try.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { freePort } from '../support/free-port.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { vendorServer } from '../support/vendor-server.ts'
import { homeWith, long, onboard, textOf } from './onboarding.ts'
import { clawdbot } from './world.ts'

/** Somebody at the screen who gives these answers, takes what is proposed elsewhere, and confirms or leaves. */
function somebody(answers: Readonly<Record<string, string>>, isConfirming = true): Surroundings['wizard'] {
  return async ({ facts, trials }) => {
    const { signal } = new AbortController()
    let wizard = beginOnboarding(facts)
    for (let i = 0; i < 20 && wizard.at !== 'summary'; i++) {
      const next = answered(wizard, answers[wizard.at] ?? proposed(wizard))
      wizard = next.trial ? tried(next, await carryOut(next.trial, trials, signal)) : next
      expect(wizard.problem).toBeUndefined()
    }
    expect(wizard.at).toBe('summary')
    return isConfirming ? wizard.answers : undefined
  }
}

const atTerminal = { isThere: true } as Surroundings['person']

test('a Telegram bot: its token is tried, kept in the private file in place of every other, and looked at by doctor', async () => {
  const token = (letter: string) => `123456:${letter.repeat(35)}`
  await using service = await vendorServer(({ path }) =>
    path.includes(token('A'))
      ? { status: 200, body: '{"result":{"username":"my_bot"}}' }
      : { status: 401, body: '{"ok":false}' },
  )
  const settings = { channels: { telegram: { apiRoot: service.url, tokenFile: '~/old-token', enabled: false } } }
  await using home = await homeWith(JSON.stringify(settings))
  const flags = '--channel telegram --telegram-token-env BOT --run later'
  const bad = await onboard(home, flags, { BOT: token('B') })
  expect(bad).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--telegram-token-env: Telegram does not know[\s\S]*Copy it again from @BotFather/),
  })
  expect([existsSync(home.paths.gatewayEnv), await textOf(home.paths.configPath)]).toEqual([
    false,
    JSON.stringify(settings),
  ])
  const { code, out, err } = await onboard(home, flags, { BOT: token('A') })
  expect({ code, err, out }).toEqual({
    ...{ code: 0, err: '' },
    out: '✅ Gateway configured successfully\n✅ Channels configured: telegram\n✅ AI model configured: builtin\n   Start it: clawdbot gateway start\n',
  })
  const config = await textOf(home.paths.configPath)
  expect(config).toContain('{TELEGRAM_BOT_TOKEN}')
  for (const gone of [token('A'), 'tokenFile', 'enabled']) expect(config).not.toContain(gone)
  expect(await textOf(home.paths.gatewayEnv)).toContain(`TELEGRAM_BOT_TOKEN=${token('A')}\n`)
  expect((await clawdbot(home, ['doctor'])).out).toMatch(/Channels: +telegram works: @my_bot/)
  // Run again it keeps the bot; asked for none it turns it off and keeps the token.
  expect(JSON.parse((await onboard(home, '--run later --json')).out)).toMatchObject({ channels: ['telegram'] })
  expect(await textOf(home.paths.configPath)).toBe(config)
  expect((await onboard(home, '--channel none --run later')).out).toContain('Channels configured: none yet')
  expect((await clawdbot(home, ['config', 'get', 'channels.telegram.enabled'])).out).toBe('false\n')
})

test('a token is generated into the private file; --dry-run names what would be written, and writes nothing', async () => {
  await using home = await homeWith()
  const dry = await onboard(home, '--run later --dry-run --json')
  expect(JSON.parse(dry.out)).toMatchObject({ written: false, role: 'gateway', variables: ['CLAWDBOT_GATEWAY_TOKEN'] })
  expect((await onboard(home, '--run later --dry-run')).out).toContain('Who gets in: who has the new token')
  expect(existsSync(home.paths.gatewayEnv)).toBe(false)
  expect((await onboard(home, '--run later')).code).toBe(0)
  expect(await textOf(home.paths.gatewayEnv)).toMatch(/^CLAWDBOT_GATEWAY_TOKEN=[\w-]{43}$/m)
})

test.each([
  ['--exposure funnel', {}, '--exposure: Funnel opens the gateway to the internet'],
  ['--channel telegram', {}, '--telegram-token-env is missing: the name of a variable'],
  ['--provider openai', {}, '--model-key-env is missing: the name of a variable'],
  ['--auth password', {}, 'then add --password-env SECRET'],
  ['--run soon', {}, 'background, later\n   Every answer: clawdbot onboard --help'],
  ['--provider nobody', {}, '--provider: It is one of openai'],
  ['--provider openai --model-key-env NOT_SET', {}, 'NOT_SET, which is not set here'],
  ['--auth password --password-env PW', { PW: 'hunter2' }, '--password-env: Guessed too easily'],
  ['--role client', {}, '--gateway: Say where it is'],
  [
    '--role client --gateway vps --provider openai',
    {},
    '--provider does not go with --role client\n   Leave it out, or choose --role gateway\n',
  ],
  ['--model-key-env KEY', {}, '--model-key-env does not go with --provider builtin, which is what is proposed'],
  ['--provider builtin --model-address http://x/v1', {}, 'Leave it out, or choose --provider custom'],
  ['--role client --gateway vps --model-key-env KEY', {}, '--model-key-env does not go with --role client'],
  ['--run later --message hi', {}, 'Leave it out, or choose --run'],
  ['--provider custom --model-address http://127.0.0.1:1/v1', {}, '--model-address: The service cannot be reached'],
])('a bad answer names its flag and what to do, and nothing is written: %s', async (flags, env, why) => {
  await using home = await homeWith()
  const { code, err } = await onboard(home, flags, env)
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(why) })
  expect(existsSync(home.paths.gatewayEnv) || existsSync(home.paths.configPath)).toBe(false)
})

test('--exposure keep, as the help lists it, leaves what there is, also where that is this machine alone', async () => {
  await using home = await homeWith()
  expect(await onboard(home, '--exposure keep --run later')).toMatchObject({ code: 0, err: '' })
  expect(await textOf(home.paths.configPath)).not.toMatch(/bind|tailscale/)
})

test('a client of a gateway elsewhere: the profile is saved and used, and run again it is changed', async () => {
  await using home = await homeWith()
  const first = await onboard(home, '--role client --gateway ada@vps.example.com --name vps --skip-trials')
  expect(first).toMatchObject({ code: 0, out: expect.stringContaining('Gateway vps saved, and used from now on') })
  await onboard(home, '--role client --gateway ada@other.example.com --name vps --skip-trials')
  const { profiles, current } = await readProfiles(home.paths.profiles)
  expect(profiles).toMatchObject([{ name: 'vps', ways: [{ kind: 'ssh', host: 'other.example.com', user: 'ada' }] }])
  expect(current).toBe(profiles[0]?.id)
  const node = await onboard(home, '--role node --gateway ada@other.example.com --name vps --run later --skip-trials')
  expect(node.out).toContain('clawdbot node run --profile vps')
})

test.each(['token', 'password'] as const)(
  'SE4: a client is connected at the end, and its %s, told once, is in a private file alone',
  async (mode) => {
    await using home = await homeWith()
    // Ours takes either in either field; protocol 3 does not.
    await using gateway =
      mode === 'token'
        ? await startTestGateway({ secret: () => ({ mode, secret: new Secret(long) }) })
        : await StandInGateway.start({ protocol: 3, password: long })
    const role = `--role client --gateway ${gateway.url} --name far`
    const { code, out } = await onboard(home, `${role} --secret-env FAR`, { FAR: long })
    expect(out).toMatch(/^✅ Gateway far saved[^❌]*✅ live [^❌]*Open the terminal: clawdbot\n$/)
    expect(code).toBe(0)
    const { profiles } = await readProfiles(home.paths.profiles)
    expect(profiles).toMatchObject([{ name: 'far', secret: { source: 'file', secret: mode } }])
    expect(`${out}${await textOf(home.paths.profiles)}`).not.toContain(long)
    // The device has a token of its own by now; without one the secret is found in its file.
    await rm(home.paths.deviceTokens, { force: true })
    expect(await clawdbot(home, ['health'])).toMatchObject({ code: 0 })
    // Run again with nothing typed, what is kept stays; JSON tells how far it came.
    const again = await onboard(home, `${role} --json`)
    expect(JSON.parse(again.out)).toMatchObject({ ok: true, role: 'client', test: { ok: true } })
  },
)

test('a node of a gateway elsewhere is connected in the same run, and ends when it is told to', async () => {
  await using home = await homeWith()
  await using gateway = await startTestGateway()
  const end = new AbortController()
  const flags = `--role node --gateway ${gateway.url} --name far --secret-env FAR --run here`
  const onText = (text: string) => text.includes('✅ Connected to far') && end.abort(new Error('interrupted'))
  const env = { FAR: testToken, PATH: process.env.PATH ?? '' }
  const { code, out } = await onboard(home, flags, env, { signal: end.signal, onText })
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(
      /✅ live [\s\S]*This machine is the node [\s\S]*✅ Connected to far[\s\S]*nodes approve/,
    ),
  })
})

test('a gateway that cannot be reached is saved all the same, and it says at which layer it ended', async () => {
  await using home = await homeWith()
  const port = await freePort()
  const { code, out } = await onboard(home, `--role client --gateway ws://127.0.0.1:${port} --name far`)
  expect({ code, out }).toEqual({ code: 4, out: expect.stringMatching(/❌ TCP [\s\S]*clawdbot profiles test far\n$/) })
  expect((await readProfiles(home.paths.profiles)).profiles).toHaveLength(1)
})

test('at a terminal the wizard asks; who leaves has changed nothing', async () => {
  await using home = await homeWith()
  const texts = { provider: 'builtin', auth: 'token', run: 'later' }
  const left = await clawdbot(home, ['onboard'], { person: atTerminal, wizard: somebody(texts, false) })
  expect(left).toMatchObject({ code: 130, err: expect.stringContaining('Nothing was written') })
  expect(existsSync(home.paths.gatewayEnv)).toBe(false)
  const done = await clawdbot(home, ['onboard'], { person: atTerminal, wizard: somebody(texts) })
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('✅ AI model configured: builtin') })
})

test('without a terminal, and with flags at one, it says what to do instead', async () => {
  await using home = await homeWith()
  expect((await clawdbot(home, ['onboard'])).err).toContain('--non-interactive')
  const mixed = await clawdbot(home, ['onboard', '--provider', 'builtin'], { person: atTerminal })
  expect(mixed).toMatchObject({ code: 2, err: expect.stringContaining('go with --non-interactive') })
  const help = (await clawdbot(home, ['onboard', '--help'])).out
  for (const flag of [
    'role',
    'gateway',
    'name',
    'provider',
    'model-address',
    'model-key-env',
    'model',
    'auth',
    'password-env',
    'exposure',
    'run',
    'message',
  ]) {
    expect(help).toContain(`--${flag} `)
  }
})

test('a file that cannot be used is corrected first', async () => {
  await using home = await homeWith('{ gatway: {} }')
  expect(await onboard(home, '--run later')).toMatchObject({ code: 2, err: expect.stringContaining('gatway') })
})
