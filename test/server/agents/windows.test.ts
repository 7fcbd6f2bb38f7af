import { expect, test } from 'vitest'
import { modelsFor, planRun, sessionDefaults } from '../../../src/server/agents/plan.ts'
import { createModelWindows } from '../../../src/server/agents/windows.ts'
import { configSchema } from '../../../src/server/config/schema.ts'

const small = { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'tiny', contextWindow: 4000 }, { id: 'plain' }] }
const configOf = (defaults: object = {}) =>
  configSchema.parse({ agents: { defaults }, models: { providers: { local: small } } })

test('a model takes what the settings say, else what its server told, else what is known of it, else a common size', () => {
  const windows = createModelWindows(() => configOf())
  expect(windows.of('local:tiny')).toBe(4000)
  expect(windows.of('local/tiny')).toBe(4000)
  expect(windows.of('google:gemini-2.5-pro')).toBe(1_048_576)
  expect(windows.of('ollama:llama3.2:3b')).toBe(128_000)
  expect(windows.of('builtin:guide')).toBe(200_000) // before anybody asked for the list, too
  windows.note([{ id: 'llama3.2:3b', name: 'x', provider: 'ollama', contextWindow: 8192 }])
  windows.note([{ id: 'tiny', name: 'x', provider: 'local', contextWindow: 9 }])
  expect([windows.of('ollama/llama3.2:3b'), windows.of('local:tiny'), windows.of('local:plain')]).toEqual([
    8192, 4000, 128_000,
  ])
  expect(createModelWindows(() => configOf({ contextTokens: 7777 })).of('local:tiny')).toBe(7777)
})

test('a request fits the smallest model that may answer it', () => {
  const config = configOf({ model: { primary: 'google:gemini-2.5-pro', fallbacks: ['local:tiny'] } })
  const { of: windowOf } = createModelWindows(() => config)
  expect(modelsFor(config, 'main', undefined)).toHaveLength(2)
  const request = {
    runId: 'r',
    sessionKey: 'main',
    message: { role: 'user', content: 'x', timestamp: 0 },
    source: 't',
  } as const
  const ref = { runId: 'r', sessionKey: 'main', canonicalKey: 'agent:main:main', agentId: 'main' }
  const facts = { config, session: undefined, hostName: 'h', platform: 'linux', tools: [], now: 0, workspaceRoot: '/w' }
  expect(planRun(request, ref, { ...facts, windowOf }).budgetTokens).toBeLessThan(4000)
  expect(sessionDefaults(config, windowOf)).toMatchObject({ model: 'gemini-2.5-pro', contextTokens: 1_048_576 })
})
