import { expect, test } from 'vitest'
import { planReload } from '../../../src/server/config/plan.ts'
import { configSchema } from '../../../src/server/config/schema.ts'

const config = (value: unknown, env = {}) => ({ config: configSchema.parse(value), env })
const off = { reload: { mode: 'off' } }

test.each([
  ['the same settings', {}, {}, [], 'none'],
  ['a new model', {}, { agents: { defaults: { model: 'a/b' } } }, ['agents.defaults.model'], 'hot'],
  ['a new token', {}, { gateway: { auth: { token: 'x' } } }, ['gateway.auth.token'], 'hot'],
  ['another port', {}, { gateway: { port: 2 } }, ['gateway.port'], 'restart'],
  [
    'the HTTP endpoint',
    {},
    { gateway: { http: { endpoints: { chatCompletions: { enabled: true } } } } },
    ['gateway.http.endpoints.chatCompletions.enabled'],
    'restart',
  ],
  ['any change while reload is off', { gateway: off }, { gateway: { ...off, port: 3 } }, ['gateway.port'], 'none'],
] as const)('%s', (_, before, after, changed, action) => {
  expect(planReload(config(before), config(after))).toMatchObject({ changed, action })
})

test('a variable that changed counts, whichever setting or none names it', () => {
  const plan = planReload(config({}, { OPENAI_API_KEY: 'a' }), config({}, { OPENAI_API_KEY: 'b' }))
  expect(plan).toEqual({ changed: ['gateway.env'], needRestart: [], action: 'hot' })
})

test('hot mode applies what it can and says what waits for a restart', () => {
  const reload = { mode: 'hot' }
  const plan = planReload(
    config({ gateway: { reload } }),
    config({ gateway: { reload, port: 5 }, logging: { level: 'debug' } }),
  )
  expect(plan).toEqual({ changed: ['gateway.port', 'logging.level'], needRestart: ['gateway.port'], action: 'hot' })
})
