/** `clawdbot gateway start|run|stop|restart`: the life of the gateway on this machine. */

import { ensureLocalGateway } from '../client/local.ts'
import { placeWay } from '../client/local-port.ts'
import { probeWay } from '../client/probe.ts'
import { readRuntime } from '../client/runtime-file.ts'
import { Fault } from '../shared/fault.ts'
import { sleep } from '../shared/std/signal.ts'
import { isAlive } from '../tunnel/process-alive.ts'
import { type Command, defineCommand, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { refuseElsewhere, takeProfile } from './this-machine.ts'

/** How long a gateway may take to close its work, milliseconds. */
const stopPatienceMs = 15_000

/** Which gateway is never a question here; the flag is understood so that it can be answered. */
const controlFlags = {
  json: { type: 'boolean', about: 'print JSON for programs' },
  profile: { type: 'string', about: 'only one of this machine, such as local', value: '<name>' },
} as const

const startOf = (name: string): Command =>
  defineCommand({
    name,
    about: 'run the gateway here, in the foreground, until Ctrl+C',
    flags: {},
    // Its flags are the gateway's own: `takesAll` hands the words over unread.
    run: async ({ runServer, args, paths }) => {
      const { profile, rest } = takeProfile(args)
      await refuseElsewhere(name, profile, paths)
      return await runServer(rest)
    },
  })

export const gatewayStart = startOf('gateway start')
export const gatewayRun = startOf('gateway run')

export const gatewayStop = defineCommand({
  name: 'gateway stop',
  about: 'end the gateway of this machine; running answers are kept as far as they got',
  flags: controlFlags,
  async run(invocation) {
    await refuseElsewhere('gateway stop', invocation.flags.profile, invocation.paths)
    const pid = await stop(invocation)
    if (invocation.flags.json) printJson(invocation, { stopped: true, pid })
    else invocation.out(`✅ Stopped (process ${pid})\n`)
    return 0
  },
})

export const gatewayRestart = defineCommand({
  name: 'gateway restart',
  about: 'end the gateway of this machine and start it again in the background',
  flags: controlFlags,
  async run(invocation) {
    const { env, paths, clock, signal, err, serverProgram: program } = invocation
    await refuseElsewhere('gateway restart', invocation.flags.profile, paths)
    const runtime = await readRuntime(paths.runtimeFile)
    if (runtime?.isAlive) await stop(invocation)
    const onProgress = (line: string) => err(`${line}\n`)
    const { port } = await ensureLocalGateway({ port: runtime?.port, env, paths, program, clock, onProgress, signal })
    const pid = (await readRuntime(paths.runtimeFile))?.pid
    if (invocation.flags.json) printJson(invocation, { running: true, pid, port })
    else invocation.out(`✅ Running on port ${port}${pid === undefined ? '' : ` (process ${pid})`}\n`)
    return 0
  },
})

/** Asks the process to end and waits until it has. The note alone is not believed: its port must be a gateway's. */
async function stop({ paths, clock, signal }: Surroundings): Promise<number> {
  const runtime = await readRuntime(paths.runtimeFile)
  const place = { port: runtime?.port ?? 0, socket: runtime?.socket }
  if (!runtime?.isAlive || (await probeWay(placeWay(place), signal)) !== 'gateway') {
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
