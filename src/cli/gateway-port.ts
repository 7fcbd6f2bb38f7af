/** The port a gateway is about to take again: another home's gateway there is neither ended nor taken for ours. */

import { readGatewayConfig } from '../client/gateway-config.ts'
import { placeWay } from '../client/local-port.ts'
import type { Env } from '../client/paths.ts'
import { holderName, nextFreePort, portHolder } from '../client/ports/holder.ts'
import { probeWay } from '../client/probe.ts'
import { notePatienceMs, type RuntimeNote, readRuntime } from '../client/runtime-file.ts'
import { programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { readPort } from '../shared/port.ts'
import { sleep } from '../shared/std/signal.ts'
import { gatewayPort } from '../tunnel/way-origin.ts'
import type { Surroundings } from './command.ts'

type World = Pick<Surroundings, 'env' | 'paths' | 'clock' | 'signal'>

/** The one it had, if somebody typed that or nothing else is said; the settings may say another one by now. */
export async function portAgain(before: RuntimeNote | undefined, { env, paths }: World): Promise<number | undefined> {
  const isTyped = before?.isPortTyped === true && before.startedBy !== 'clawdbot'
  return isTyped || (await readGatewayConfig(paths, env)).port === undefined ? before?.port : undefined
}

/** Throws `gateway.port-taken` before anything is ended. `before` is the gateway to be replaced, if one runs. */
export async function refuseForeign(before: RuntimeNote | undefined, world: World): Promise<void> {
  const { env, paths, clock, signal } = world
  const config = await readGatewayConfig(paths, env)
  if (config.onlySocket) return
  const typed = readPort('CLAWDBOT_GATEWAY_PORT', env.CLAWDBOT_GATEWAY_PORT)
  const port = (await portAgain(before, world)) ?? typed ?? config.port ?? gatewayPort
  for (const from = clock.monotonic(); ; ) {
    const note = await readRuntime(paths.runtimeFile)
    if (note?.isAlive && (note.port === port || note.port === undefined)) return
    if ((await probeWay(placeWay({ port }), signal)) !== 'gateway') return
    if (clock.monotonic() - from >= notePatienceMs) throw await foreign(port, world)
    await sleep(clock, 50, signal)
  }
}

/** For a port at which a gateway answers that has left no note in this home. */
export async function foreign(port: number, { env }: World): Promise<Fault> {
  const [holder, free] = await Promise.all([portHolder(port, programsOf(env)), nextFreePort(port)])
  return new Fault('gateway.port-taken', `Port ${port} is held by ${holderName(holder)}, the gateway of another home`, {
    remedy: `End that one, or give the gateway of this home another port: ${anotherPort(port, free, env)}`,
    details: { port, free, pid: holder?.pid, program: holder?.program, account: holder?.account },
  })
}

/** What gives the gateway of this home another port than `port`. */
export function anotherPort(port: number, free: number | undefined, env: Env): string {
  const other = free ?? '<port>'
  const isVariable = readPort('CLAWDBOT_GATEWAY_PORT', env.CLAWDBOT_GATEWAY_PORT) === port
  return isVariable ? `CLAWDBOT_GATEWAY_PORT=${other}` : `clawdbot config set gateway.port ${other}`
}
