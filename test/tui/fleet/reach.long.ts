import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRuntime } from '../../../src/client/runtime-file.ts'
import { resolveTarget } from '../../../src/client/target.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { reach } from '../../../src/tui/fleet/reach.ts'
import { isAlive } from '../../../src/tunnel/process-alive.ts'
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

test('that a gateway is being started is said until it is there', async () => {
  await using home = await Home.make()
  const { gateway, told, said } = await localOf(home)
  gateway.connect()
  await until(() => gateway.view.phase === 'live')
  expect(told).toEqual([expect.stringMatching(/^Starting a gateway on port \d+…$/)])
  expect([...said]).toEqual([])
  await gateway[Symbol.asyncDispose]()
  // It answers a moment before it has written where it is.
  const pidOf = async () => (await readRuntime(home.paths.runtimeFile))?.pid
  await expect.poll(pidOf).toBeTypeOf('number')
  const pid = Number(await pidOf())
  process.kill(pid, 'SIGTERM')
  await until(() => !isAlive(pid))
})
