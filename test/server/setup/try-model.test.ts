import { expect, test } from 'vitest'
import { configSchema } from '../../../src/server/config/schema.ts'
import { tryModel } from '../../../src/server/setup/try-model.ts'
import { Secret } from '../../../src/shared/std/secret.ts'
import { freePort } from '../../support/free-port.ts'
import { type VendorReply, type VendorRequest, vendorServer } from '../../support/vendor-server.ts'

const { signal } = new AbortController()
const key = 'sk-of-this-test'

const json = (value: unknown, status = 200): VendorReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** One vendor's stand-in, and what came of trying the key there. */
async function tryAt(provider: string, answer: (request: VendorRequest) => VendorReply, given: Secret | undefined) {
  await using server = await vendorServer(answer)
  const config = configSchema.parse({ models: { providers: { [provider]: { baseUrl: `${server.url}/v1/` } } } })
  const env = { OPENAI_API_KEY: 'sk-kept' }
  const tried = await tryModel({ provider, address: undefined, key: given }, { config, env }, signal)
  return { tried, requests: server.requests }
}

const ids = (...names: string[]) => json({ data: names.map((id) => ({ id })) })

test.each([
  [
    'openai',
    'authorization',
    `Bearer ${key}`,
    ids('o3', 'whisper-1', 'gpt-5', 'gpt-4o-mini', 'text-embedding-3-small'),
  ],
  ['anthropic', 'x-api-key', key, ids('claude-x', 'claude-opus-4-5', 'claude-haiku-4-5')],
  [
    'google',
    'x-goog-api-key',
    key,
    json({ models: [{ name: 'models/gemini-2.5-pro' }, { name: 'models/gemini-2.5-flash' }, { name: 'models/aqa' }] }),
  ],
])(
  '%s is asked with the key in a header, and the models it offers come small ones first',
  async (provider, header, value, reply) => {
    const { tried, requests } = await tryAt(provider, () => reply, new Secret(key))
    expect(requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual(['GET /v1/models'])
    expect(requests[0]?.headers[header]).toBe(value)
    expect(requests[0]?.path).not.toContain(key)
    expect(tried).toMatchObject({
      ok: true,
      atMs: expect.closeTo(Date.now(), -5),
      note: expect.stringMatching(/^works: \d models$/),
      models: {
        openai: ['gpt-4o-mini', 'gpt-5', 'o3'],
        anthropic: ['claude-haiku-4-5', 'claude-opus-4-5', 'claude-x'],
        google: ['gemini-2.5-flash', 'gemini-2.5-pro'],
      }[provider],
    })
  },
)

test('without a new key the one that is kept is tried', async () => {
  const { requests } = await tryAt('openai', () => ids('gpt-5'), undefined)
  expect(requests[0]?.headers.authorization).toBe('Bearer sk-kept')
})

test.each([
  ['refused', json({}, 401), 'OpenAI refused the key (401)'],
  ['refused as Google does', json({ error: { message: 'API key not valid.' } }, 400), 'refused the key (400)'],
  ['limited', json({}, 429), 'limiting requests'],
  ['no list', json({ hello: 1 }), 'not with a list of models (200)'],
  ['a page', { body: '<html>' }, 'not with a list of models (200)'],
  [
    'a redirect, which is not followed',
    { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    'cannot be reached',
  ],
  ['cut off', { body: '{"da', headers: { 'content-length': '1000' }, ending: 'cut' }, 'OpenAI'],
] satisfies [string, VendorReply, string][])('said in a sentence without the key: %s', async (_, reply, text) => {
  const { tried, requests } = await tryAt('openai', () => reply, new Secret(key))
  expect(tried).toMatchObject({ ok: false, text: expect.stringContaining(text), remedy: expect.stringMatching(/\.$/) })
  expect(JSON.stringify(tried)).not.toContain(key)
  expect(requests).toHaveLength(1)
})

test('a service of one’s own is asked at its address, without a key where there is none', async () => {
  await using server = await vendorServer(() => ids('llama3.2:3b'))
  const asked = { provider: 'custom', address: `${server.url}/v1`, key: undefined }
  const known = { config: configSchema.parse({}), env: {} }
  expect(await tryModel(asked, known, signal)).toMatchObject({
    ok: true,
    note: 'works: 1 model',
    models: ['llama3.2:3b'],
  })
  expect(server.requests[0]?.headers.authorization).toBeUndefined()
  const gone = await tryModel({ ...asked, address: `http://127.0.0.1:${await freePort()}/v1` }, known, signal)
  expect(gone).toMatchObject({ ok: false, text: 'The service does not listen there' })
})
