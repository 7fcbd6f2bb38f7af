/** A port for the gateway of this machine, looked at before it is written: one that is taken keeps it from starting. */

import { holderName, nextFreePort, portHolder } from '../client/ports/holder.ts'
import { probePort } from '../client/probe.ts'
import { readRuntime } from '../client/runtime-file.ts'
import { programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { isRecord } from '../shared/std/json.ts'
import type { Surroundings } from './command.ts'
import type { ConfigFile } from './host.ts'

/** Throws `gateway.port-taken` when something else than this gateway listens there. */
export async function refuseTakenPort(
  config: ConfigFile,
  port: unknown,
  { env, paths, signal }: Pick<Surroundings, 'env' | 'paths' | 'signal'>,
): Promise<void> {
  if (!isPort(port) || !isOnLoopback(config)) return
  const own = await readRuntime(paths.runtimeFile)
  if ((own?.isAlive && own.port === port) || (await probePort(port, signal)) === 'nobody') return
  const [holder, free] = await Promise.all([portHolder(port, programsOf(env)), nextFreePort(port)])
  throw new Fault('gateway.port-taken', `Port ${port} of this machine is held by ${holderName(holder)}`, {
    remedy: `Nothing was written. End that program, or take another port${free === undefined ? '.' : `: clawdbot config set gateway.port ${free}`}`,
    details: { port, free, pid: holder?.pid, program: holder?.program },
  })
}

/** Says so when the gateway that runs does not go by the settings. */
export async function warnOfTypedPort(
  port: unknown,
  { paths, err }: Pick<Surroundings, 'paths' | 'err'>,
): Promise<void> {
  const own = await readRuntime(paths.runtimeFile)
  if (!own?.isAlive || !own.isPortTyped || own.port === port) return
  const stays = `The gateway that runs (process ${own.pid}) was started with --port ${own.port}, which counts before the settings`
  const how = own.startedBy === 'clawdbot' ? 'clawdbot gateway restart' : 'end it, and start it without --port'
  err(`⚠️  ${stays}\n   To have it take up the new one: ${how}\n`)
}

/** Anything else is refused by the settings themselves. */
function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536
}

/** Elsewhere it may be free. A file that cannot be used is told about when it is changed. */
function isOnLoopback(config: ConfigFile): boolean {
  if (!config.look().valid) return false
  const bind = config.get('gateway.bind')?.value
  const socket = config.get('gateway.socket')?.value
  return bind !== 'custom' && bind !== 'tailnet' && !(isRecord(socket) && socket.only === true)
}
