/** `clawdbot tunnel install|uninstall`: a service of this account that keeps a tunnel up. */

import { type ForwardNote, forwardLog, runningForward } from '../client/forward/note.ts'
import { openWays } from '../client/forward/open-ways.ts'
import { type ForwardSpec, forwardText } from '../client/forward/spec.ts'
import type { Env } from '../client/paths.ts'
import type { Profile } from '../client/profile.ts'
import { tunnelEnv } from '../client/secrets.ts'
import { accountServices, servedProfile, tunnelServiceName } from '../client/service/profile-services.ts'
import { foundEnvironment, writtenEnvironment } from '../client/service/session-environment.ts'
import { type AskProgram, programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import type { ServiceSpec } from '../shared/service/spec.ts'
import { sleep } from '../shared/std/signal.ts'
import { noPrompts, type Prompts } from '../tunnel/prompts.ts'
import { defineCommand, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { serviceReportLines } from './service-lines.ts'
import { harmless } from './style.ts'
import { noteJson, statusText } from './tunnel-lines.ts'
import { choosePorts, portFlags } from './tunnel-ports.ts'
import { type TunnelTarget, tunnelTarget } from './tunnel-profile.ts'

export const tunnelInstall = defineCommand({
  name: 'tunnel install',
  about: 'keep the tunnel of a profile up: a systemd user unit or a launchd agent, started now and at every login',
  args: '[<profile>]',
  flags: portFlags,
  async run(invocation) {
    const { env, paths, clock, flags } = invocation
    const ask = programsOf(env)
    const target = await tunnelTarget(invocation.args, 'tunnel install', invocation)
    const running = await runningForward(paths, target.profile.id, ask)
    if (running && running.startedBy !== 'service') throw inTheWay(running)
    const forwards = await choosePorts(target, invocation, ask, running)
    const service = accountServices(invocation)
    const spec = specOf(target.profile, forwards, invocation)
    const found = foundEnvironment(spec.environment, { env, agent: await service.agent() })
    await checkWithoutPerson(target, found, invocation)
    const report = await service.install(spec)
    const note = report.toDo.length > 0 ? undefined : await untilUp(target.profile, invocation, ask)
    if (flags.json)
      printJson(invocation, { installed: true, ...report, tunnel: note ? noteJson(note, clock.now()) : null })
    else
      invocation.out(
        serviceReportLines(report, `${report.isChanged ? 'Installed' : 'Installed already'}: ${report.path}`),
      )
    if (!flags.json && note) invocation.out(statusText(note, clock.now()))
    return 0
  },
})

export const tunnelUninstall = defineCommand({
  name: 'tunnel uninstall',
  about: 'end the service that keeps the tunnel of a profile up, and forget it',
  args: '[<profile>]',
  flags: { json: portFlags.json },
  async run(invocation) {
    const find = async () => (await tunnelTarget(invocation.args, 'tunnel uninstall', invocation)).profile
    const profile = await servedProfile(find, invocation.args[0], tunnelServiceName, invocation)
    const report = await accountServices(invocation).uninstall(tunnelServiceName(profile))
    if (invocation.flags.json) printJson(invocation, { uninstalled: report.isChanged, ...report })
    else {
      const what = report.isChanged ? `Removed ${report.path}` : `There was no service of ${profile.name}`
      invocation.out(serviceReportLines(report, what))
    }
    return 0
  },
})

function inTheWay({ profile, pid }: ForwardNote): Fault {
  return new Fault('usage.invalid', `The tunnel of ${profile} runs already (process ${pid})`, {
    remedy: `End it first, so that the service can take its ports: clawdbot tunnel down ${profile}`,
  })
}

function specOf(
  profile: Profile,
  forwards: readonly ForwardSpec[],
  { env, paths, program }: Surroundings,
): ServiceSpec {
  const [gateway, ...further] = forwards
  const extra = further.flatMap((spec) => ['--forward', forwardText(spec)])
  const words = ['tunnel', 'up', profile.id, '--local-port', String(gateway?.port), ...extra]
  return {
    name: tunnelServiceName(profile),
    description: `Clawdbot's tunnel to ${profile.name}`,
    argv: [process.execPath, program, ...words],
    environment: { ...writtenEnvironment(env, paths), CLAWDBOT_TUNNEL_STARTED_BY: 'service' },
    writablePaths: [paths.stateDir, `${paths.home}/.ssh`],
    logPath: forwardLog(paths, profile.id),
    memoryMax: '1G',
    finalExitCodes: [2, 3],
  }
}

/**
 * A service has nobody to ask. What can be settled once, an unknown host key, is asked now; what would be asked each
 * time is refused. `env` is what the service finds. A server that is away at this moment is no reason not to install.
 */
async function checkWithoutPerson({ ways, profile }: TunnelTarget, env: Env, world: Surroundings): Promise<void> {
  const { clock, signal, paths } = world
  const prompts: Prompts = { ...noPrompts, trustHost: world.prompts.trustHost }
  const place = { env: tunnelEnv(env, profile), home: paths.home }
  try {
    await using _tunnel = await openWays(ways, { clock, signal, prompts, ...place, onLayer: () => {} })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (error.retryable) return world.err(`⏳ Not reached at this moment: ${harmless(error.message)}\n`)
    if (error.code !== 'ssh.needs-user' || isHostKey(error)) throw error
    const what = error.message.replace(/, and there is no terminal to ask in$/, '')
    const { SSH_AUTH_SOCK: shell } = world.env
    const unfound = shell && shell !== env.SSH_AUTH_SOCK ? `It does not find the agent of this shell (${shell}). ` : ''
    throw new Fault('ssh.needs-user', `${what}, and a service has nobody to ask`, {
      remedy: `${unfound}Put the key into an agent that starts with your session, or let this machine use a key without a passphrase.`,
      cause: error,
    })
  }
}

function isHostKey({ code, details }: Fault): boolean {
  return code === 'ssh.host-key-unknown' || (code === 'ssh.needs-user' && details?.kind === 'host-key')
}

/** How long to wait for the tunnel, milliseconds. */
const patienceMs = 10_000

/** Also of one that keeps trying. Rejects with `service.failed` when the service does not even do that. */
async function untilUp(profile: Profile, world: Surroundings, ask: AskProgram): Promise<ForwardNote> {
  const { clock, paths, signal } = world
  for (const from = clock.monotonic(); ; ) {
    const note = await runningForward(paths, profile.id, ask)
    const isLate = clock.monotonic() - from > patienceMs
    if (note && (note.phase === 'up' || isLate)) return note
    if (isLate) break
    await sleep(clock, 50, signal)
  }
  throw new Fault('service.failed', `The service is installed, but no tunnel of ${profile.name} came up`, {
    remedy:
      process.platform === 'linux'
        ? `See: journalctl --user --unit ${tunnelServiceName(profile)}`
        : `See: ${forwardLog(paths, profile.id)}`,
  })
}
