import { mkdirSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useAccountHome } from '../../src/bin/account-home.ts'
import { clientPaths } from '../../src/client/paths.ts'
import { Home } from '../client/support.ts'
import { endOf } from './program.ts'

test('SE6: an empty or relative HOME counts as none, and a whole path is left alone', () => {
  for (const HOME of ['', ' ', 'here', './here', '~']) {
    const env = { HOME, PATH: '/bin' }
    expect(useAccountHome(env)).toBeUndefined()
    expect(env).toEqual({ PATH: '/bin' })
  }
  const env = { HOME: '/home/ann' }
  useAccountHome(env)
  expect(env).toEqual({ HOME: '/home/ann' })
})

test('SE6: a relative CLAWDBOT_STATE_DIR lies in the home folder, for the client as for the gateway', () => {
  const { stateDir, configPath } = clientPaths({ CLAWDBOT_STATE_DIR: 'rel' }, '/home/ann')
  expect({ stateDir, configPath }).toEqual({ stateDir: '/home/ann/rel', configPath: '/home/ann/rel/clawdbot.json' })
})

test('SE6: with an empty or relative HOME no settings of the current folder are read, and nothing is written there', async () => {
  await using home = await Home.make()
  const here = join(home.dir, 'here')
  mkdirSync(join(here, '.clawdbot'), { recursive: true })
  writeFileSync(join(here, '.clawdbot', 'clawdbot.json'), '{ logging: { level: "trace" } }')
  for (const HOME of ['', '.']) {
    const env = { PATH: process.env.PATH, HOME, XDG_CACHE_HOME: join(home.dir, 'cache') }
    const { code, out } = await endOf(['config', 'path'], env, { cwd: here })
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^${join(userInfo().homedir, '.clawdbot', 'clawdbot.json')}`))
  }
  expect(await readdir(here, { recursive: true })).toEqual(['.clawdbot', '.clawdbot/clawdbot.json'])
})
