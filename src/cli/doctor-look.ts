/** Everything `clawdbot doctor` looks at on this machine, gathered once; what it means is doctor-lines.ts. */

import type { Tried } from '../client/onboard/facts.ts'
import { readProfiles } from '../client/profile-store.ts'
import { installedGateway } from '../client/service/gateway-service.ts'
import type { ServiceState } from '../client/service/service-manager.ts'
import { programsOf } from '../client/system-programs.ts'
import { errorText, Fault } from '../shared/fault.ts'
import { noPrompts } from '../tunnel/prompts.ts'
import type { FlagValues, gatewayFlags, Surroundings } from './command.ts'
import { describeLocal } from './gateway-status.ts'
import type { ConfigProblem, Host, SecurityReport, Setup } from './host.ts'
import { lookAtTailscale, type TailscaleState } from './tailscale-state.ts'

export type Looked = {
  readonly config: {
    readonly path: string
    readonly exists: boolean
    readonly problems: readonly ConfigProblem[]
    readonly warnings: readonly ConfigProblem[]
  }
  readonly nodeVersion: string
  readonly profiles: {
    readonly count: number
    readonly problem: { readonly message: string; readonly remedy: string | undefined } | undefined
  }
  readonly gateway: {
    readonly isRunning: boolean
    /** The one of this home, by the note it left. */
    readonly isOurs: boolean
    readonly port: number
    readonly isPortTaken: boolean
    /** Why it does not let this account in. */
    readonly problem: string | undefined
  }
  /** What the security audit found, what it repaired included. */
  readonly report: SecurityReport
  /** Undefined when the settings cannot be used. */
  readonly setup: ReturnType<Setup['facts']> | undefined
  /** What came of trying them; undefined where there is nothing to try. */
  readonly model: Tried | undefined
  readonly telegram: Tried | undefined
  readonly clock: {
    readonly now: number
    /** Whether the system keeps it right, as far as it says. */
    readonly isSynchronized: boolean | undefined
  }
  readonly tailscale: TailscaleState | undefined
  readonly service: ServiceState | undefined
}

/** With `isRepairing` the audit repairs what is safe to repair. Rejects with the signal's reason only. */
export async function lookAround(world: Surroundings, isRepairing: boolean): Promise<Looked> {
  const { env, paths, clock, signal } = world
  const host = await world.host()
  const report = await host.audit({ isDeep: false, isRepairing, signal })
  const setup = attempt(() => host.setup.facts())
  const ask = programsOf(env)
  const service = await installedGateway({ env, paths, ask })
  const synchronized = await ask('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'])
  return {
    config: configOf(host),
    nodeVersion: process.versions.node,
    profiles: await profilesOf(paths.profiles),
    gateway: await gatewayHere(world),
    report,
    setup,
    model: setup && (await tryModel(setup, host, signal)),
    telegram: setup?.now.telegram === 'on' ? await host.setup.trials.telegram(undefined, signal) : undefined,
    clock: {
      now: clock.now(),
      isSynchronized: synchronized.code === 0 ? synchronized.stdout.trim() === 'yes' : undefined,
    },
    tailscale: setup && (await lookAtTailscale(world)),
    service: await service?.manager.state(service.name),
  }
}

/** Undefined where the settings cannot be used, which is a line of its own. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

function configOf({ config }: Host): Looked['config'] {
  const { path } = config
  try {
    const { exists, issues, warnings } = config.look()
    return { path, exists, problems: issues, warnings }
  } catch (error) {
    // A link, or another account's: it is not even read.
    const remedy = error instanceof Fault && error.remedy !== undefined ? { remedy: error.remedy } : {}
    return { path, exists: true, problems: [{ path: '', message: errorText(error), ...remedy }], warnings: [] }
  }
}

async function profilesOf(path: string): Promise<Looked['profiles']> {
  try {
    const { profiles } = await readProfiles(path)
    return { count: profiles.length, problem: undefined }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { count: 0, problem: { message: error.message, remedy: error.remedy } }
  }
}

async function gatewayHere(world: Surroundings): Promise<Looked['gateway']> {
  const none = { insecure: false, json: false } as FlagValues<typeof gatewayFlags>
  try {
    const { isRunning, json } = await describeLocal({ ...world, flags: none, prompts: noPrompts })
    const problem = typeof json.problem === 'string' ? json.problem : undefined
    return {
      isRunning,
      isOurs: json.pid !== undefined,
      port: Number(json.port),
      isPortTaken: json.portTaken === true,
      problem,
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { isRunning: false, isOurs: false, port: 0, isPortTaken: false, problem: errorText(error) }
  }
}

/** The built-in guide needs no key, and so has none that could be wrong. */
async function tryModel({ now }: ReturnType<Setup['facts']>, { setup }: Host, signal: AbortSignal) {
  const provider = now.model === undefined ? undefined : /^[^:/]+/.exec(now.model)?.[0]
  if (provider === undefined || provider === 'builtin') return undefined
  return await setup.trials.model({ provider, address: undefined, key: undefined }, signal)
}
