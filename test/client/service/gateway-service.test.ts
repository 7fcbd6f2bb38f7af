import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { clientPaths } from '../../../src/client/paths.ts'
import { gatewayFolders } from '../../../src/client/service/gateway-folders.ts'
import {
  accountOf,
  gatewayManager,
  gatewayServiceName,
  installedGateway,
} from '../../../src/client/service/gateway-service.ts'
import { Home } from '../support.ts'
import { scriptedPrograms } from './support.ts'

test('the usual state folder has the usual name, each other one its own', async () => {
  const usual = clientPaths({}, '/home/ann')
  expect(gatewayServiceName(usual)).toBe('clawdbot-gateway')
  const names = ['/srv/one', '/srv/two'].map((dir) =>
    gatewayServiceName(clientPaths({ CLAWDBOT_STATE_DIR: dir }, '/home/ann')),
  )
  expect(new Set(names).size).toBe(2)
  for (const name of names) expect(name).toMatch(/^clawdbot-gateway-[0-9a-f]{8}$/)
})

test('a service of the account is found by its file alone', async () => {
  await using home = await Home.make()
  const { ask, take } = scriptedPrograms({})
  const world = { env: {}, paths: home.paths, ask }
  expect(await installedGateway(world)).toBeUndefined()
  const path = gatewayManager(world, 'user').pathOf(gatewayServiceName(home.paths))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  expect(await installedGateway(world)).toMatchObject({ scope: 'user', path })
  expect(take()).toEqual([])
})

test('a unit tells the account it runs as; one of an account has none', () => {
  expect(accountOf('[Service]\nUser=ann%%x\nExecStart=node')).toBe('ann%x')
  expect(accountOf('[Service]\nExecStart=node')).toBeUndefined()
})

test('folders outside the state folder come from the settings, secrets and variables left alone', async () => {
  await using home = await Home.make()
  expect(await gatewayFolders(home.paths)).toEqual([])
  await mkdir(home.paths.stateDir, { recursive: true })
  const later = ['$', '{LATER}'].join('')
  const agents = {
    defaults: { workspace: '~/work' },
    list: [{ workspace: '/srv/one' }, { workspace: `${later}/x` }, {}],
  }
  const gateway = { socket: { path: '/run/user/1000/claw.sock' }, auth: { token: later } }
  await writeFile(home.paths.configPath, JSON.stringify({ agents, gateway }))
  // Another account's, when root asks: it would be refused if it were looked at.
  await writeFile(home.paths.gatewayEnv, 'A=b\n', { mode: 0o666 })
  expect(await gatewayFolders(home.paths)).toEqual([join(home.dir, 'work'), '/srv/one', '/run/user/1000'])
})
