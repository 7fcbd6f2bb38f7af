import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { telegramRoot, tryKeptToken, tryToken } from '../../../../src/server/channels/telegram/try-token.ts'
import { configSchema } from '../../../../src/server/config/schema.ts'
import { Secret } from '../../../../src/shared/std/secret.ts'
import { freePort } from '../../../support/free-port.ts'
import { type VendorReply, vendorServer } from '../../../support/vendor-server.ts'

const { signal } = new AbortController()

const json = (value: unknown, status = 200): VendorReply => ({ status, body: JSON.stringify(value) })

const token = `123456:${'A'.repeat(35)}`
const bot = json({ ok: true, result: { username: 'my_bot' } })
const wait = 'Wait a minute, and try it again.'

test.each([
  ['a bot', bot, { ok: true, note: 'works: @my_bot' }],
  [
    'nobody',
    json({ ok: false }, 401),
    {
      text: 'Telegram does not know the token of the bot (401)',
      remedy: 'Copy it again from @BotFather; /token shows it.',
    },
  ],
  ['one who asks too often', json({ ok: false }, 429), { text: 'Telegram is limiting requests (429)', remedy: wait }],
  ['a broken Telegram', json({ ok: false }, 502), { text: 'Telegram has trouble of its own (502)', remedy: wait }],
  ['another service', json({ hello: 1 }), { ok: false, text: 'Something else than Telegram answered (200)' }],
])('the token of %s', async (_, reply, expected) => {
  await using server = await vendorServer(() => reply)
  const tried = await tryToken(new Secret(token), `${server.url}/`, signal)
  expect(tried).toMatchObject(expected)
  expect(server.requests.map(({ path }) => path)).toEqual([`/bot${token}/getMe`])
  expect(JSON.stringify(tried)).not.toContain('AAAA')
})

test('Telegram out of reach, and where the settings say that it is', async () => {
  const tried = await tryToken(new Secret(token), `http://127.0.0.1:${await freePort()}`, signal)
  expect(tried).toMatchObject({ ok: false, text: 'Telegram does not listen there' })
  expect(JSON.stringify(tried)).not.toContain('AAAA')
  expect(telegramRoot({ channels: { telegram: { apiRoot: 'http://x' } } })).toBe('http://x')
  expect(telegramRoot({})).toBe('https://api.telegram.org')
})

test('the token that is kept is found as the channel finds it: in its file, the settings, the environment', async () => {
  await using server = await vendorServer(() => bot)
  const folder = await mkdtemp(join(tmpdir(), 'clawdbot-token-'))
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, '1:file\n', { mode: 0o600 })
  const kept = async (settings: Record<string, unknown> | undefined, env = {}) => {
    const parsed = { channels: { ...(settings && { telegram: { apiRoot: server.url, ...settings } }) } }
    return await tryKeptToken({ config: configSchema.parse(parsed), parsed, env }, signal)
  }
  await kept({ tokenFile, botToken: '1:settings' }, { TELEGRAM_BOT_TOKEN: '1:env' })
  await kept({ botToken: '1:settings' }, { TELEGRAM_BOT_TOKEN: '1:env' })
  await kept({}, { TELEGRAM_BOT_TOKEN: '1:env' })
  expect(server.requests.map(({ path }) => path)).toEqual(
    ['file', 'settings', 'env'].map((name) => `/bot1:${name}/getMe`),
  )
  const none = { text: 'There is no bot token', remedy: 'Give it one: clawdbot channels add telegram.' }
  expect(await kept({})).toMatchObject(none)
  await rm(folder, { recursive: true })
  const lost = { ok: false, text: `The token file ${tokenFile} is not there` }
  expect(await kept({ tokenFile }, { TELEGRAM_BOT_TOKEN: '1:env' })).toMatchObject(lost)
})
