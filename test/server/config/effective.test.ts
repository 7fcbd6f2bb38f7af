import { expect, test } from 'vitest'
import {
  agentSettings,
  agentsOf,
  defaultAgentId,
  isModelAllowed,
  isModelListed,
} from '../../../src/server/config/agents.ts'
import { gatewayPort, sharedSecret } from '../../../src/server/config/effective.ts'
import { configSchema } from '../../../src/server/config/schema.ts'

const config = (value: unknown = {}) => configSchema.parse(value)
const secret = (...parts: Parameters<typeof sharedSecret>) => {
  const found = sharedSecret(...parts)
  return found && `${found.mode}:${found.secret.reveal()}`
}

test('the port comes from the flag, then the environment, then the file, then 18789', () => {
  const file = config({ gateway: { port: 3 } })
  expect(gatewayPort(file, { CLAWDBOT_GATEWAY_PORT: '2' }, { port: 1 })).toBe(1)
  expect(gatewayPort(file, { CLAWDBOT_GATEWAY_PORT: '2' })).toBe(2)
  expect(gatewayPort(file, { CLAWDBOT_GATEWAY_PORT: ' ' })).toBe(3)
  expect(gatewayPort(config(), {})).toBe(18789)
})

test.each(['4194x', '0', '99999', '-1', '1e3', '0x10'])(
  'a variable that is no port (%s) is refused, not passed over',
  (text) => {
    expect(() => gatewayPort(config(), { CLAWDBOT_GATEWAY_PORT: text })).toThrow(
      `CLAWDBOT_GATEWAY_PORT is "${text}", not a port`,
    )
  },
)

test('the secret comes from the flag, then the file, then the environment; placeholders are no secret', () => {
  const file = config({ gateway: { auth: { token: 'file' } } })
  expect(secret(file, { CLAWDBOT_GATEWAY_TOKEN: 'env' })).toBe('token:file')
  expect(secret(config(), { CLAWDBOT_GATEWAY_TOKEN: 'env' })).toBe('token:env')
  expect(secret(file, {}, { token: 'flag' })).toBe('token:flag')
  expect(secret(file, { CLAWDBOT_GATEWAY_PASSWORD: 'word' })).toBe('password:word')
  expect(secret(file, { CLAWDBOT_GATEWAY_PASSWORD: 'word' }, { auth: 'token' })).toBe('token:file')
  for (const value of ['', '  ', 'changeme', 'undefined', '<token>']) {
    expect(secret(config(), { CLAWDBOT_GATEWAY_TOKEN: value })).toBeUndefined()
  }
})

test('an agent has its own settings before the defaults, aliases resolved', () => {
  const file = config({
    agents: {
      defaults: { model: { primary: 'fast', fallbacks: ['b/c'] }, models: { 'a/b': { alias: 'fast' }, 'b/c': {} } },
      list: [
        { id: 'work', model: 'b/c' },
        { id: 'home', default: true, name: 'Home' },
      ],
    },
  })
  expect(defaultAgentId(file)).toBe('home')
  expect(agentsOf(file).map(({ id, name, models }) => [id, name, models])).toEqual([
    ['home', 'Home', ['a/b', 'b/c']],
    ['work', undefined, ['b/c']],
  ])
  expect(agentSettings(config(), 'main').models).toEqual([])
  expect([isModelAllowed(file, 'a', 'b'), isModelAllowed(file, 'x', 'y'), isModelAllowed(config(), 'x', 'y')]).toEqual([
    true,
    false,
    true,
  ])
})

test('a model is listed by its provider, or named by an agent; of a provider without a list any may be there', () => {
  const file = config({
    agents: { defaults: { model: 'fake:named' } },
    models: { providers: { fake: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'org/one' }] }, open: {} } },
  })
  const listed = (provider: string, model: string) => isModelListed(file, { provider, model })
  expect([listed('fake', 'org/one'), listed('fake', 'named'), listed('fake', 'nope')]).toEqual([true, true, false])
  expect([listed('open', 'nope'), listed('openai', 'newer')]).toEqual([true, true])
})
