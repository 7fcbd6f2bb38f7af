import { expect, test } from 'vitest'
import { createDiscover, type Discover } from '../../../src/server/providers/discover.ts'
import { listModels, modelName } from '../../../src/server/providers/models.ts'
import { createProviders, type ProviderSources } from '../../../src/server/providers/table.ts'
import { ask, collect, textOf } from '../../contract/provider.ts'
import { ManualClock } from '../../support/clock.ts'
import { fixture, type VendorReply, vendorServer } from '../../support/vendor-server.ts'

const never = new AbortController().signal

/** Local servers of this machine must not change what these tests see. */
const nobodyHome: ProviderSources['discover'] = async () => []

function providers(sources: Partial<ProviderSources>) {
  const facts = () => Promise.reject(new Error('not asked here'))
  return createProviders({ config: {}, env: {}, facts, discover: nobodyHome, ...sources })
}

async function names(sources: Partial<ProviderSources>): Promise<string[]> {
  return (await listModels(providers(sources), never)).map(modelName)
}

test('with nothing configured there is the built-in guide and nothing else', async () => {
  expect(await names({})).toEqual(['builtin:guide'])
})

test('a key in the environment lists its vendor, a blank one does not', async () => {
  const listed = await names({ env: { ANTHROPIC_API_KEY: 'key', OPENAI_API_KEY: ' ' } })
  expect(listed).toContain('anthropic:claude-sonnet-4-5')
  expect(listed.some((name) => name.startsWith('openai:'))).toBe(false)
})

test.each(['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'])('Google takes its key from %s', async (variable) => {
  expect(await names({ env: { [variable]: 'key' } })).toContain('google:gemini-2.5-flash')
})

test('models of the configuration are listed as they are written, and come first', async () => {
  const config = { mine: { baseUrl: 'https://host.example/v1', models: [{ id: 'm', contextWindow: 8000 }] } }
  const [first] = await listModels(providers({ config }), never)
  expect(first).toEqual({ id: 'm', name: 'm', provider: 'mine', contextWindow: 8000 })
})

test('a compatible server is asked for its models, with the key, once in a while', async () => {
  await using server = await vendorServer(() => ({ body: '{"data":[{"id":"llama3.2:3b","max_model_len":4096}]}' }))
  const config = { mine: { baseUrl: `${server.url}/v1`, apiKey: 'key', headers: { 'x-team': 'blue' } } }
  const clock = new ManualClock()
  const ask = createDiscover(clock)
  const patient: Discover = (server, signal) => ask({ ...server, isLocal: false }, signal)
  const mine = providers({ config, discover: patient }).get('mine')
  const row = { id: 'llama3.2:3b', name: 'llama3.2:3b', provider: 'mine', contextWindow: 4096 }
  expect(await mine?.models(never)).toEqual([row])
  expect(await mine?.models(never)).toEqual([row])
  expect(server.requests).toMatchObject([
    { method: 'GET', path: '/v1/models', headers: { authorization: 'Bearer key', 'x-team': 'blue' } },
  ])
  clock.advance(60_000)
  await mine?.models(never)
  expect(server.requests).toHaveLength(2)
})

test.each<[string, VendorReply]>([
  ['is of another kind', { body: '<html></html>' }],
  ['answers with other JSON', { body: '{"data":"models"}' }],
  ['refuses', { status: 401, body: '{}' }],
  ['never finishes', { body: '{"data":[', ending: 'hold' }],
  ['sends us elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:9/v1/models' } }],
])('a server that %s offers no models and breaks nothing', async (_, reply) => {
  await using server = await vendorServer(() => reply)
  const config = { mine: { baseUrl: `${server.url}/v1` } }
  expect(await names({ config, discover: createDiscover(new ManualClock()) })).not.toContain('mine:m')
})

test('OpenAI at another address speaks the compatible format there, with the configured key and headers', async () => {
  const body = await fixture('openai-completions/answer.sse')
  await using server = await vendorServer(() => ({ body }))
  const openai = { baseUrl: `${server.url}/v1`, apiKey: 'configured', headers: { 'x-team': 'blue' } }
  const provider = providers({ config: { openai }, env: { OPENAI_API_KEY: 'from-environment' } }).get('openai')
  const chunks = await collect(provider?.stream(ask('any', 'hello'), never) ?? nothing())
  expect(textOf(chunks)).toBe('Hello from a test')
  expect(server.requests).toMatchObject([
    { path: '/v1/chat/completions', headers: { authorization: 'Bearer configured', 'x-team': 'blue' } },
  ])
})

test('a provider without an address says which key of the configuration is missing', async () => {
  const stream = providers({ config: { mine: {} } })
    .get('mine')
    ?.stream(ask('m', 'hello'), never)
  await expect(collect(stream ?? nothing())).rejects.toMatchObject({
    code: 'config.invalid',
    remedy: expect.stringContaining('models.providers.mine.baseUrl'),
  })
})

test('a local server that is not running says to start it', async () => {
  const config = { ollama: { baseUrl: 'http://127.0.0.1:9/v1' } }
  const stream = providers({ config }).get('ollama')?.stream(ask('llama3.2', 'hello'), never)
  await expect(collect(stream ?? nothing())).rejects.toMatchObject({
    code: 'provider.unavailable',
    remedy: expect.stringContaining('Start Ollama'),
  })
})

async function* nothing() {}
