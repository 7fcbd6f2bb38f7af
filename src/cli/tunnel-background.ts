/** `clawdbot tunnel up --background`: starts the forward as a process of its own and comes back when it is up. */

import { type BackgroundProcess, startInBackground } from '../client/background.ts'
import { awaitStart } from '../client/forward/await-start.ts'
import { forwardLog } from '../client/forward/note.ts'
import { type ForwardSpec, forwardText } from '../client/forward/spec.ts'
import type { Profile } from '../client/profile.ts'
import { tunnelEnv } from '../client/secrets.ts'
import { Fault } from '../shared/fault.ts'
import type { Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { harmless, oneLine } from './style.ts'
import { forwardLines } from './tunnel-lines.ts'

/** A process of its own that outlives this one; questions are asked here until it is up. */
export async function upInBackground(
  profile: Profile,
  forwards: readonly ForwardSpec[],
  world: Surroundings,
  isJson: boolean,
): Promise<number> {
  const { env, paths, prompts, signal, out, err, program } = world
  const log = forwardLog(paths, profile.id)
  const { onMessage, result } = awaitStart(prompts, signal)
  const [gateway, ...further] = forwards
  const extra = further.flatMap((spec) => ['--forward', forwardText(spec)])
  const args = ['tunnel', 'up', profile.name, '--local-port', String(gateway?.port), ...extra]
  const child: BackgroundProcess = startInBackground({
    ...{
      program,
      args,
      log,
      cwd: paths.stateDir,
      env: { ...tunnelEnv(env, profile), CLAWDBOT_TUNNEL_STARTED_BY: 'background' },
    },
    onMessage: (message) => onMessage(message, child.send),
  })
  const onAbort = () => child.end()
  signal.addEventListener('abort', onAbort, { once: true })
  const ended = child.ended.then((how) => {
    signal.throwIfAborted()
    throw new Fault('tunnel.not-running', `The tunnel ended while starting (${how})`, {
      remedy: `Its log is in ${log}`,
    })
  })
  const started = await Promise.race([result, ended]).finally(() => signal.removeEventListener('abort', onAbort))
  ended.catch(() => {}) // it may end at any time later
  child.leave()
  const { state, route, fault } = started
  if (isJson) {
    printJson(world, {
      state,
      profile: profile.name,
      pid: child.pid,
      route,
      log,
      forwards: started.forwards,
      error: faultJson(fault),
    })
    return fault?.exitCode ?? 0
  }
  out(forwardLines(started.forwards, profile.name))
  if (fault === undefined) {
    out(
      `✅ Up in the background (${oneLine(route ?? '')}, process ${child.pid})\n   To end it: clawdbot tunnel down ${profile.name}\n`,
    )
    return 0
  }
  err(`⏳ Not up yet: ${harmless(fault.message)}\n   ${harmless(fault.remedy ?? '')}\n`)
  err(`   Process ${child.pid} keeps trying. To end it: clawdbot tunnel down ${profile.name}\n`)
  return fault.exitCode
}

function faultJson(fault: Fault | undefined): object | undefined {
  return fault && { code: fault.code, message: fault.message, remedy: fault.remedy }
}
