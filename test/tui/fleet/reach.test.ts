import { rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveTarget } from '../../../src/client/target.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { reach } from '../../../src/tui/fleet/reach.ts'
import { noPrompts } from '../../../src/tunnel/prompts.ts'
import { Home, until } from '../../client/support.ts'
import { freePort } from '../../support/free-port.ts'

const serverProgram = join(import.meta.dirname, '../../support/stand-in-server.ts')
const local = { id: 'local', name: 'local', url: 'ws://127.0.0.1', transport: 'direct', isOurs: true }

/** The gateway of this machine, and what was said while it was started; `said` has what still stands there. */
async function localOf(home: Home, program = serverProgram) {
  const { paths } = home
  const { PATH, NODE_OPTIONS } = process.env
  const settings = { CLAWDBOT_STATE_DIR: paths.stateDir, CLAWDBOT_GATEWAY_TOKEN: 't', STAND_IN_TOKEN: 't' }
  const env = { PATH, NODE_OPTIONS, ...settings, CLAWDBOT_GATEWAY_PORT: String(await freePort()) }
  const told: string[] = []
  const said = new Set<string>()
  const onProgress = (line: string) => {
    told.push(line)
    said.add(line)
    return () => void said.delete(line)
  }
  const world = { env, paths, clock: systemClock, serverProgram: program, onProgress }
  const { gateway } = reach(local, (prompts) => resolveTarget({}, env, paths, prompts), noPrompts, world)
  return { gateway, told, said }
}

test('one that cannot be started leaves no such word behind, and what is written then is kept', async () => {
  await using home = await Home.make()
  const missing = join(home.dir, 'no-such-program.js')
  const { gateway, told, said } = await localOf(home, missing)
  gateway.connect()
  await until(() => gateway.view.phase === 'failed')
  expect(told).toHaveLength(1)
  expect([...said]).toEqual([])
  await gateway.outbox.add({ idempotencyKey: 'k', sessionKey: 'main', message: 'kept' })
  const again = await localOf(home, missing)
  again.gateway.connect()
  await until(() => again.gateway.outbox.entries.length === 1)
  await again.gateway[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

test('a state folder that cannot be made is what is shown to have failed', async () => {
  await using home = await Home.make()
  const { stateDir } = home.paths
  await rmdir(stateDir).catch(() => {})
  await writeFile(stateDir, 'a file')
  const { gateway } = await localOf(home)
  gateway.connect()
  await until(() => gateway.view.phase === 'failed')
  expect(gateway.view.fault).toMatchObject({
    message: expect.stringContaining(`The state folder ${stateDir} cannot be used`),
    remedy: expect.stringContaining('CLAWDBOT_STATE_DIR'),
  })
  await gateway[Symbol.asyncDispose]()
})
