/** The end of `onboard`: the gateway runs, as a service or in the background, and answers a first message. */

import type { OnboardPlan } from '../client/onboard/plan.ts'
import { readRuntime } from '../client/runtime-file.ts'
import { gatewayManager, gatewayServiceName, installedGateway } from '../client/service/gateway-service.ts'
import { programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { sleep } from '../shared/std/signal.ts'
import { agent } from './agent.ts'
import type { Surroundings } from './command.ts'
import { gatewayRestart, gatewayStop } from './gateway-control.ts'
import { gatewayInstall } from './gateway-service.ts'
import { runCommand } from './run-command.ts'
import { oneLine } from './style.ts'

/** How long a gateway that answers may take to say so in its note, milliseconds. */
const notePatienceMs = 2_000

/** Whether this machine can keep a gateway running by itself. Not as root: every command it may run would be root's, too. */
export async function canBeService({ env, paths }: Surroundings): Promise<boolean> {
  if (process.getuid?.() === 0) return false
  try {
    const manager = gatewayManager({ env, paths, ask: programsOf(env) }, 'user')
    return (await manager.state(gatewayServiceName(paths))).phase !== 'unknown'
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** Resolves with the exit code of what was done last. Rejects with a `Fault`. */
export async function startGateway(plan: OnboardPlan, world: Surroundings): Promise<number> {
  const { message, run, secret } = plan
  const started = run === 'service' ? await asService(world) : await runCommand(gatewayRestart, {}, world)
  if (started !== 0) return started
  await refuseForeign(world)
  if (message === '') return 0
  world.out(`\n💬 ${oneLine(message)}\n`)
  // What was typed a minute ago is not asked for again.
  const password = secret?.kind === 'password' ? { password: secret.password.reveal() } : {}
  const answered = await runCommand(agent, { message, ...password }, world)
  if (answered === 0) world.err('\n   Go on in the terminal: clawdbot\n')
  return answered
}

/** One that runs in the background gives way to it. */
async function asService(world: Surroundings): Promise<number> {
  const { env, paths } = world
  if (await installedGateway({ env, paths, ask: programsOf(env) })) return await runCommand(gatewayRestart, {}, world)
  if ((await readRuntime(paths.runtimeFile))?.isAlive) await runCommand(gatewayStop, {}, world)
  return await runCommand(gatewayInstall, { yes: true }, world)
}

/** Another home's gateway may hold the port: it knows nothing of what was just set up. */
async function refuseForeign({ paths, clock, signal }: Surroundings): Promise<void> {
  // It listens a moment before it leaves its note.
  for (const from = clock.monotonic(); clock.monotonic() - from < notePatienceMs; ) {
    if ((await readRuntime(paths.runtimeFile))?.isAlive) return
    await sleep(clock, 25, signal)
  }

  throw new Fault('gateway.port-taken', 'The gateway that answers on this port is not the one that was set up here', {
    remedy: 'Choose another port: clawdbot config set gateway.port 18790; then: clawdbot gateway restart',
  })
}
