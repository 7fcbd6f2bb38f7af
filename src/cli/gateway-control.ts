/** `clawdbot gateway start|run|stop|restart`: the life of the gateway on this machine, as a service where it is one. */

import { ensureLocalGateway } from '../client/local.ts'
import { placeWay } from '../client/local-port.ts'
import { type Listener, probeWay } from '../client/probe.ts'
import { type RuntimeNote, readRuntime } from '../client/runtime-file.ts'
import { type InstalledService, installedGateway } from '../client/service/gateway-service.ts'
import { programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { serverFlags } from '../shared/server-flags.ts'
import { sleep } from '../shared/std/signal.ts'
import { isAlive } from '../tunnel/process-alive.ts'
import { defineCommand, type Flags, type Invocation, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { foreign, portAgain, refuseForeign } from './gateway-port.ts'
import { demandAnswer } from './service-answer.ts'
import { demandSettings } from './settings-check.ts'
import { silentGateway } from './silent-gateway.ts'
import { refuseElsewhere, takeProfile } from './this-machine.ts'

/** How long a gateway may take to close its work, milliseconds. */
const stopPatienceMs = 15_000

/** Which gateway is never a question here; the flag is understood so that it can be answered. */
const controlFlags = {
  json: { type: 'boolean', about: 'print JSON for programs' },
  profile: { type: 'string', about: 'only one of this machine, such as local', value: '<name>' },
} as const

const foreground = async (name: string, { runServer, args, paths }: Invocation<Flags>): Promise<number> => {
  const { profile, rest } = takeProfile(args)
  await refuseElsewhere(name, profile, paths)
  return await runServer(rest)
}

export const gatewayStart = defineCommand({
  name: 'gateway start',
  about:
    'run the gateway here, in the foreground, until Ctrl+C; where it is a service and no flags are given, start that',
  flags: serverFlags, // for help and completion: `takesAll` hands the words over unread
  async run(invocation) {
    const service = invocation.args.length === 0 ? await serviceOf(invocation) : undefined
    if (!service) return await foreground('gateway start', invocation)
    const { phase } = await service.manager.state(service.name)
    if (phase === 'unknown') return await foreground('gateway start', invocation)
    const runtime = await readRuntime(invocation.paths.runtimeFile)
    if (runtime?.isAlive && phase !== 'running') throw inTheWay(runtime)
    if (phase !== 'running') await demandSettings(invocation, { command: 'clawdbot gateway start', running: undefined })
    const done = await service.manager.control('start', service.name)
    invocation.out(`✅ Running as a service\n   ${done}\n   In the foreground instead: clawdbot gateway run\n`)
    return 0
  },
})

export const gatewayRun = defineCommand({
  name: 'gateway run',
  about: 'run the gateway here, in the foreground, until Ctrl+C',
  flags: serverFlags,
  run: async (invocation) => await foreground('gateway run', invocation),
})

export const gatewayStop = defineCommand({
  name: 'gateway stop',
  about: 'end the gateway of this machine; running answers are kept as far as they got',
  flags: controlFlags,
  async run(invocation) {
    const { flags, paths, out } = invocation
    await refuseElsewhere('gateway stop', flags.profile, paths)
    const { pid, done } = await stop(invocation)
    if (flags.json) printJson(invocation, { stopped: true, pid, done })
    else
      out(
        `✅ Stopped (process ${pid})\n${done ? `   ${done}\n   It starts again by itself at the next login or boot, or with: clawdbot gateway start\n` : ''}`,
      )
    return 0
  },
})

export const gatewayRestart = defineCommand({
  name: 'gateway restart',
  about: 'end the gateway of this machine and start it again: its service, or in the background',
  flags: controlFlags,
  async run(invocation) {
    const { paths } = invocation
    await refuseElsewhere('gateway restart', invocation.flags.profile, paths)
    const before = await readRuntime(paths.runtimeFile)
    const listener = await listenerOf(before, invocation)
    const isThere = listener === 'gateway'
    const service = await serviceOf(invocation)
    const state = await service?.manager.state(service.name)
    const isService = service !== undefined && state?.phase !== 'unknown'
    const running = state?.phase === 'running' ? state : isThere ? before : undefined
    await demandSettings(invocation, { command: 'clawdbot gateway restart', running })
    if (!isService) await refuseForeign(before, invocation)
    if (listener !== 'nobody' && !(isService && before?.startedBy === 'service')) await stop(invocation)
    const done = isService ? await service.manager.control('restart', service.name) : undefined
    const { port, pid } = isService
      ? await demandAnswer({ ...service, was: 'started again' }, invocation)
      : await background(before, invocation)
    if (invocation.flags.json) printJson(invocation, { running: true, pid, port, done })
    else {
      invocation.out(`✅ Running${port ? ` on port ${port}` : ''}${pid === undefined ? '' : ` (process ${pid})`}\n`)
      if (done) invocation.out(`   ${done}\n`)
    }
    return 0
  },
})

async function background(before: RuntimeNote | undefined, world: Surroundings) {
  const { env, paths, clock, signal, err, serverProgram: program } = world
  const onProgress = (line: string) => err(`${line}\n`)
  const again = await portAgain(before, world)
  const found = await ensureLocalGateway({ port: again, env, paths, program, clock, onProgress, signal })
  if (found.pid === undefined) throw await foreign(found.port, world) // it came there meanwhile
  return found
}

/** Often one that opening the terminal started while the service was stopped. */
function inTheWay({ pid }: RuntimeNote): Fault {
  return new Fault('usage.invalid', `A gateway runs already, but not as the service (process ${pid})`, {
    remedy: 'To let the service take its place: clawdbot gateway restart',
  })
}

async function serviceOf({ env, paths }: Surroundings): Promise<InstalledService | undefined> {
  return await installedGateway({ env, paths, ask: programsOf(env) })
}

/** A gateway that its service manager started is ended there, or it would be started again. */
async function stop(world: Surroundings): Promise<{ pid: number; done?: string }> {
  const runtime = await readRuntime(world.paths.runtimeFile)
  const service = await serviceOf(world)
  const state = await service?.manager.state(service.name)
  if (service && state && ['running', 'starting'].includes(state.phase)) {
    return { pid: state.pid ?? runtime?.pid ?? 0, done: await service.manager.control('stop', service.name) }
  }
  return { pid: await end(runtime, world) }
}

/** The note alone is not believed, since its number may be another program's by now: who is at its port? */
async function listenerOf(runtime: RuntimeNote | undefined, { signal }: Surroundings): Promise<Listener> {
  return runtime?.isAlive ? await probeWay(wayOf(runtime), signal) : 'nobody'
}

const wayOf = ({ port = 0, socket }: RuntimeNote) => placeWay({ port, socket })

/** Asks the process to end and waits until it has. */
async function end(runtime: RuntimeNote | undefined, world: Surroundings): Promise<number> {
  const { clock, signal } = world
  const listener = await listenerOf(runtime, world)
  if (runtime && listener === 'stranger') throw silentGateway(runtime.pid, wayOf(runtime).url)
  if (!runtime || listener === 'nobody') {
    throw new Fault('gateway.not-running', 'No gateway of this account runs on this machine', {
      remedy: 'If a service manager runs it, stop it there.',
    })
  }
  const { pid } = runtime
  try {
    process.kill(pid, 'SIGTERM')
  } catch (cause) {
    throw new Fault('gateway.not-running', `Process ${pid} belongs to another account`, { cause })
  }
  for (const from = clock.monotonic(); clock.monotonic() - from < stopPatienceMs; ) {
    if (!isAlive(pid)) return pid
    await sleep(clock, 25, signal)
  }
  throw new Fault('client.timeout', `The gateway (process ${pid}) did not end within ${stopPatienceMs / 1000} s`, {
    remedy: `It may still be closing. To end it without waiting: kill -9 ${pid}`,
  })
}
