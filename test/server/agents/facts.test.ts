import { expect, test } from 'vitest'
import { createFacts } from '../../../src/server/agents/facts.ts'
import { checkConfigText } from '../../../src/server/config/load.ts'
import { openSessions } from '../../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import { ManualClock } from '../../support/clock.ts'

test('the guide names the workspace that the settings have now', async () => {
  const clock = new ManualClock()
  const settings = (text: string) => checkConfigText({ path: '/none', env: {} }, text).config
  let config = settings('{}')
  const facts = createFacts({
    ...{
      clock,
      version: '1',
      hostName: 'here',
      configPath: '/none',
      defaultAgent: 'main',
      workspaceRoot: '/state/rooms',
    },
    config: () => config,
    sessions: openSessions({ db: openDatabase({ path: ':memory:' }), clock, defaultAgentId: 'main' }),
    models: async () => [],
    nodes: () => [],
    server: () => ({ url: '', clients: 0 }),
  })
  const named = async () => (await facts(new AbortController().signal)).workspace
  expect(await named()).toMatch(/^\/state\/rooms/)
  config = settings('{ agents: { defaults: { workspace: "/elsewhere" } } }')
  expect(await named()).toMatch(/^\/elsewhere/)
})
