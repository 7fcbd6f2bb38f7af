import { expect, test } from 'vitest'
import { redactConfig, secretsOf } from '../../../src/server/config/redact.ts'
import { redactedValue } from '../../../src/shared/protocol/config.ts'

test('every secret of a configuration is replaced and listed, references and the rest stay', () => {
  const config = {
    gateway: {
      port: 1,
      auth: { token: 'CANARY-1', password: `\${GATEWAY_PASSWORD}` },
      remote: { password: 'CANARY-2' },
    },
    models: { providers: { openai: { apiKey: 'CANARY-3', headers: { 'x-org': 'CANARY-4' }, baseUrl: 'https://a' } } },
    env: { vars: { OPENAI_API_KEY: 'CANARY-5' } },
  }
  const shown = redactConfig(config)
  expect(JSON.stringify(shown)).not.toContain('CANARY')
  expect(shown).toMatchObject({
    gateway: { port: 1, auth: { token: redactedValue, password: `\${GATEWAY_PASSWORD}` } },
    models: { providers: { openai: { baseUrl: 'https://a', headers: { 'x-org': redactedValue } } } },
  })
  expect(secretsOf(config)).toEqual(
    expect.arrayContaining(['CANARY-1', 'CANARY-2', 'CANARY-3', 'CANARY-4', 'CANARY-5']),
  )
})

test('in what the schema does not know, anything that may be a secret is replaced', () => {
  const shown = redactConfig({
    channels: { telegram: { botToken: 'CANARY', name: 'bot' } },
    hooks: { secret: ['CANARY'] },
  })
  expect(shown).toEqual({
    channels: { telegram: { botToken: redactedValue, name: 'bot' } },
    hooks: { secret: [redactedValue] },
  })
})
