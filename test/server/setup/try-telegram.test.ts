import { expect, test } from 'vitest'
import { telegramRoot, tryTelegram } from '../../../src/server/setup/try-telegram.ts'
import { Secret } from '../../../src/shared/std/secret.ts'
import { freePort } from '../../support/free-port.ts'
import { type VendorReply, vendorServer } from '../../support/vendor-server.ts'

const { signal } = new AbortController()

const json = (value: unknown, status = 200): VendorReply => ({ status, body: JSON.stringify(value) })

const token = `123456:${'A'.repeat(35)}`

test.each([
  ['a bot', json({ ok: true, result: { username: 'my_bot' } }), { ok: true, note: 'works: @my_bot' }],
  ['a wrong token', json({ ok: false }, 401), { ok: false, text: 'Telegram does not know this token (401)' }],
  ['another service', json({ hello: 1 }), { ok: false, text: 'Telegram answered something else (200)' }],
])('the token of %s', async (_, reply, expected) => {
  await using server = await vendorServer(() => reply)
  const tried = await tryTelegram(new Secret(token), `${server.url}/`, signal)
  expect(tried).toMatchObject(expected)
  expect(server.requests.map(({ path }) => path)).toEqual([`/bot${token}/getMe`])
  expect(JSON.stringify(tried)).not.toContain('AAAA')
})

test('Telegram out of reach, and where the settings say that it is', async () => {
  const tried = await tryTelegram(new Secret(token), `http://127.0.0.1:${await freePort()}`, signal)
  expect(tried).toMatchObject({ ok: false, text: 'Telegram does not listen there' })
  expect(JSON.stringify(tried)).not.toContain('AAAA')
  expect(telegramRoot({ channels: { telegram: { apiRoot: 'http://x' } } })).toBe('http://x')
  expect(telegramRoot({})).toBe('https://api.telegram.org')
})
