import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { vendorServer } from '../support/vendor-server.ts'
import { clawdbot, type WorldOptions } from './world.ts'

const token = `123456:${'A'.repeat(35)}`

async function homeHere() {
  const home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  const add = async (flags: string[], options?: WorldOptions) =>
    await clawdbot(home, ['channels', 'add', 'telegram', '--unchecked', ...flags], options)
  return { home, add, [Symbol.asyncDispose]: async () => await home[Symbol.asyncDispose]() }
}

test('SE4: --env finds the token where the gateway does: in its environment and in gateway.env', async () => {
  await using here = await homeHere()
  const { paths } = here.home
  expect(await here.add(['--env', 'MY_BOT'])).toMatchObject({
    code: 2,
    err: '❌ MY_BOT is set neither here nor in gateway.env\n   Keep the token there: clawdbot secrets set MY_BOT\n',
  })
  expect((await here.add(['--env', 'MY_BOT'], { env: { MY_BOT: 'no token' } })).err).toContain(
    'What MY_BOT holds is no bot token',
  )
  expect(await clawdbot(here.home, ['secrets', 'set', 'MY_BOT'], { input: `${token}\n` })).toMatchObject({ code: 0 })
  expect(await here.add(['--env', 'MY_BOT'])).toMatchObject({ code: 0, err: '' })
  const config = await readFile(paths.configPath, 'utf8')
  expect(config).toContain(['$', '{MY_BOT}'].join(''))
  expect(config).not.toContain(token)
})

test.each([
  [['--env='], '--env needs the name of a variable'],
  [['--env', 'my bot'], '--env needs the name of a variable in capitals'],
  [['--token-file', ''], '--token-file needs the path of a file'],
  [['--token-file', '/no/such'], 'The token file /no/such is not there'],
])('a place that is none is told, and nothing is written: %j', async (flags, why) => {
  await using here = await homeHere()
  await writeFile(here.home.paths.configPath, '{}', { mode: 0o600 })
  expect(await here.add(flags)).toMatchObject({ code: 2, err: expect.stringContaining(why) })
  expect(await readFile(here.home.paths.configPath, 'utf8')).toBe('{}')
})

test.each([
  ['told so', 200, ''],
  ['out of order', 502, 'Telegram answered 502'],
])('removed, also where no gateway runs: Telegram, %s, is asked to call nobody any more', async (_, status, why) => {
  await using service = await vendorServer(() => ({ status, body: '{"ok":true,"result":true}' }))
  await using here = await homeHere()
  const settings = {
    ...{ botToken: token, apiRoot: service.url },
    ...{ webhookUrl: 'https://claw.example/telegram-webhook', webhookSecret: 'a-secret-of-the-webhook' },
  }
  await writeFile(here.home.paths.configPath, JSON.stringify({ channels: { telegram: settings } }), { mode: 0o600 })
  const { code, out } = await clawdbot(here.home, ['channels', 'remove', 'telegram'])
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^✅ telegram is no longer set up\n/) })
  expect(service.requests.map(({ path }) => path)).toEqual([`/bot${token}/deleteWebhook`])
  if (why === '') expect(out.trimEnd().split('\n')).toHaveLength(1)
  else expect(out).toContain(`The service goes on calling https://claw.example/telegram-webhook: ${why}, so it could`)
  expect(await readFile(here.home.paths.configPath, 'utf8')).not.toContain('telegram')
})
