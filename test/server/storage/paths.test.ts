import { expect, test } from 'vitest'
import { statePaths } from '../../../src/server/storage/paths.ts'

test.each([
  [{}, '/home/a/.clawdbot', '/home/a/.clawdbot/clawdbot.json'],
  [{ HOME: '/home/b' }, '/home/b/.clawdbot', '/home/b/.clawdbot/clawdbot.json'],
  [{ CLAWDBOT_STATE_DIR: '~/state' }, '/home/a/state', '/home/a/state/clawdbot.json'],
  [{ CLAWDBOT_STATE_DIR: '/srv/x/', CLAWDBOT_CONFIG_PATH: '~/c.json' }, '/srv/x', '/home/a/c.json'],
  [{ CLAWDBOT_STATE_DIR: 'relative', CLAWDBOT_CONFIG_PATH: ' ' }, '/home/a/relative', '/home/a/relative/clawdbot.json'],
])('SE6: %j gives %s, never a path from the current folder', (env, stateDir, config) => {
  expect(statePaths(env, '/home/a')).toMatchObject({
    stateDir,
    config,
    database: `${stateDir}/clawdbot.db`,
    logs: `${stateDir}/logs`,
  })
})
