/** `clawdbot gateway status`: whether a gateway runs on this machine, and the facts about it. */

import { type GatewayConfig, readGatewayConfig } from '../client/gateway-config.ts'
import { type LocalPlace, localPort, placeWay } from '../client/local-port.ts'
import { openLink } from '../client/open-link.ts'
import { holderName, nextFreePort, type PortHolder, portHolder } from '../client/ports/holder.ts'
import { probeWay } from '../client/probe.ts'
import { localName } from '../client/profiles.ts'
import { type RuntimeNote, readRuntime } from '../client/runtime-file.ts'
import { programsOf } from '../client/system-programs.ts'
import { resolveTarget } from '../client/target.ts'
import { errorText, Fault } from '../shared/fault.ts'
import type { HelloOk } from '../shared/protocol/connect.ts'
import { connectChallenge } from '../shared/protocol/health.ts'
import { vocabularyOf } from '../shared/rpc/vocabulary.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { defineCommand, type FlagValues, gatewayFlags, type Surroundings, targetFlags, waitFlag } from './command.ts'
import { printJson } from './gateway-call.ts'
import { anotherPort } from './gateway-port.ts'
import { describeService } from './gateway-service-status.ts'
import { settingsProblem, settingsWarning } from './settings-check.ts'
import { silentGateway } from './silent-gateway.ts'
import { facts } from './style.ts'
import { refuseElsewhere } from './this-machine.ts'

/** A greeting is all that is wanted. */
const vocabulary = vocabularyOf([], [connectChallenge])
/** How long it may take, unless told otherwise. */
const greetingMs = 3000

/** The system does not tell who it is. */
const unnamed: PortHolder = { pid: undefined, program: undefined, account: undefined }

type Inquiry = Surroundings & { readonly flags: FlagValues<typeof gatewayFlags> }

export type LocalFacts = {
  readonly isRunning: boolean
  readonly json: Record<string, unknown>
  readonly lines: string
}

export const gatewayStatus = defineCommand({
  name: 'gateway status',
  about: 'whether the gateway of this machine runs, with its facts; exit code 1 when it does not',
  flags: { ...gatewayFlags, timeout: waitFlag('to wait for an answer', String(greetingMs)) },
  async run(invocation) {
    if (invocation.flags.url !== undefined) {
      throw new Fault('usage.invalid', 'gateway status looks at the gateway of this machine, so it takes no --url', {
        remedy: `For another one: clawdbot status --url ${invocation.flags.url}`,
      })
    }
    await refuseElsewhere('gateway status', invocation.flags.profile, invocation.paths)
    const { isRunning, json, lines } = await describeLocal(invocation)
    const service = await describeService(invocation)
    const settings = await settingsProblem(invocation)
    if (invocation.flags.json)
      printJson(invocation, { ...json, service: service?.json ?? null, settingsProblem: settings })
    else invocation.out(`${lines}${service?.lines(json.pid) ?? ''}${settingsWarning(settings)}`)
    return isRunning ? 0 : 1
  },
})

/** Looks at the note it left, at its port, and asks it when it lets us in. */
export async function describeLocal(inquiry: Inquiry): Promise<LocalFacts> {
  const { env, paths, flags, clock, signal } = inquiry
  const config = await usableConfig(inquiry)
  const place = await localPort(flags, env, paths, config ?? { port: undefined, onlySocket: undefined })
  const { port } = place
  const listener = await probeWay(placeWay(place), signal)
  const runtime = await readRuntime(paths.runtimeFile)
  const note = runtime?.isAlive && (runtime.port ?? port) === port ? runtime : undefined
  const other = note ? undefined : await elsewhere(runtime, signal)
  if (listener !== 'gateway') {
    const isTaken = listener === 'stranger'
    if (note) return silent(note.pid, place, isTaken)
    const holder = isTaken ? ((await portHolder(port, programsOf(env))) ?? unnamed) : undefined
    if (other) return notThere(port, holder, other)
    return absent(port, holder, holder && anotherPort(port, await nextFreePort(port), env))
  }
  const { hello, problem } = config ? await greetLocal(inquiry) : {}
  const startedAt = note?.startedAt
  const uptimeMs = hello?.snapshot?.uptimeMs ?? (startedAt === undefined ? undefined : clock.now() - startedAt)
  const log = note && typeof note.log === 'string' ? note.log : undefined
  const told = hello?.snapshot?.authMode
  const mode = config && modeOf(config)
  const json = {
    running: true,
    pid: note?.pid,
    port,
    url: placeWay(place).url,
    listensAt: note?.url,
    tlsFingerprint: note?.tlsFingerprint,
    uptimeMs,
    authMode: typeof told === 'string' ? told : note && mode,
    version: hello?.server.version,
    stateDir: hello?.snapshot?.stateDir ?? (note && paths.stateDir),
    log,
    startedBy: note?.startedBy,
    problem,
    elsewhere: other,
  }
  // Without a note of this home, and without its secret: what stands in the files here is not about that one.
  const isForeign = !note && !hello
  const whose = isForeign ? ', but not the gateway of this home' : ''
  const holder = isForeign && place.socket === undefined ? await portHolder(port, programsOf(env)) : undefined
  const lines = `✅ Running${whose}\n${facts([
    ['Process', json.pid === undefined ? undefined : String(json.pid)],
    ['Port', place.socket === undefined || note?.port !== undefined ? String(port) : undefined],
    ['Held by', holder && holderName(holder)],
    ['Address', json.url],
    ['Listens at', place.socket === undefined ? undefined : note?.url],
    ['Fingerprint', note?.tlsFingerprint],
    ['Uptime', uptimeMs === undefined ? undefined : formatDuration(uptimeMs)],
    ['Auth mode', json.authMode],
    ['Version', json.version],
    ['State', json.stateDir],
    ['Log', log],
    ['Started by', json.startedBy],
    ['But', problem],
    ['This home', other && `its gateway runs at ${other.url} (process ${other.pid})`],
  ])}`
  return { isRunning: true, json, lines }
}

/** Undefined for settings that cannot be read: whether a gateway runs is told by its note all the same. */
async function usableConfig({ paths, env }: Inquiry): Promise<GatewayConfig | undefined> {
  try {
    return await readGatewayConfig(paths, env)
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

function modeOf({ auth }: GatewayConfig): string {
  return auth.mode ?? (auth.password || auth.hash ? 'password' : 'token')
}

type Elsewhere = { readonly pid: number; readonly port: number; readonly url: string }

/** The gateway of this home where another port was asked about; the note alone is not believed. */
async function elsewhere(runtime: RuntimeNote | undefined, signal: AbortSignal): Promise<Elsewhere | undefined> {
  if (!runtime?.isAlive || runtime.port === undefined) return undefined
  const { pid, port, socket } = runtime
  const way = placeWay({ port, socket })
  return (await probeWay(way, signal)) === 'gateway' ? { pid, port, url: way.url } : undefined
}

function notThere(port: number, holder: PortHolder | undefined, other: Elsewhere): LocalFacts {
  const taken = holder ? `, which ${holderName(holder)} holds` : ''
  return {
    isRunning: false,
    json: { running: false, port, portTaken: holder !== undefined, holder, elsewhere: other },
    lines:
      `❌ Not on port ${port}${taken}: the gateway of this home runs on port ${other.port} (process ${other.pid})\n` +
      `  Its facts: clawdbot gateway status --port ${other.port}\n`,
  }
}

/** `instead` gives it another port than the one that is held. */
function absent(port: number, holder: PortHolder | undefined, instead: string | undefined): LocalFacts {
  return {
    isRunning: false,
    json: { running: false, port, portTaken: holder !== undefined, holder },
    lines: holder
      ? `❌ Not running, and port ${port} is held by ${holderName(holder)}\n  End that program, or: ${instead}\n`
      : '❌ Not running\n  Start it with: clawdbot gateway start\n',
  }
}

function silent(pid: number, place: LocalPlace, isTaken: boolean): LocalFacts {
  const { message, remedy } = silentGateway(pid, placeWay(place).url)
  return {
    isRunning: false,
    json: { running: false, pid, port: place.port, portTaken: isTaken },
    lines: `❌ ${message}\n  ${remedy}\n`,
  }
}

/** A gateway that does not know us still runs: that is a fact to show, not a failure of this command. */
async function greetLocal(inquiry: Inquiry): Promise<{ hello?: HelloOk; problem?: string }> {
  const { env, paths, flags, clock, signal, prompts } = inquiry
  try {
    const { token, password, port } = targetFlags(flags)
    const which = port === undefined ? { profile: localName } : { port }
    const target = await resolveTarget({ token, password, ...which }, env, paths, prompts)
    await using link = await openLink(target, {
      paths,
      env,
      clock,
      prompts,
      mode: 'probe',
      timeoutMs: flags.timeout ?? greetingMs,
      signal,
      vocabulary,
    })
    return { hello: link.hello }
  } catch (error) {
    return { problem: errorText(error) }
  }
}
