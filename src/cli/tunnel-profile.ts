/** Which saved profile a tunnel command means, and the ports it would use. */

import type { ConfiguredForwards } from '../client/forward/configured.ts'
import { type ForwardSpec, parseForward } from '../client/forward/spec.ts'
import type { Profile } from '../client/profile.ts'
import { resolveTarget, type Target } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import type { Way } from '../tunnel/way.ts'
import { gatewayPort } from '../tunnel/way-origin.ts'
import type { Surroundings } from './command.ts'
import { usage } from './parse.ts'

export type TunnelTarget = Target & { readonly profile: Profile }

/** The named one, or the one in use. Throws `profile.unknown`, `usage.invalid`. */
export async function tunnelTarget(
  args: readonly string[],
  command: string,
  world: Surroundings,
): Promise<TunnelTarget> {
  const [name, ...rest] = args
  if (rest.length > 0) throw usage(`${command} takes one profile`, command)
  const target = await resolveTarget(name === undefined ? {} : { profile: name }, world.env, world.paths, world.prompts)
  const { profile } = target
  if (target.isLocal) {
    throw new Fault('usage.invalid', 'The gateway of this machine needs no tunnel', {
      remedy: 'Name a profile of another one: clawdbot profiles list',
    })
  }
  if (profile === undefined) {
    throw new Fault('usage.invalid', `${target.origin} (${target.source}) is not a saved profile`, {
      remedy: 'A tunnel belongs to a profile: clawdbot profiles add',
    })
  }
  return { ...target, profile }
}

/** What `--local-port` and each `--forward` name. Throws `usage.invalid`. */
export function typedForwards(localPort: number | undefined, written: readonly string[]): ForwardSpec[] {
  const gateway = localPort === undefined ? [] : [{ port: localPort, to: 'gateway' as const }]
  return [...gateway, ...written.map(parseForward)]
}

/** The gateway first, then each further one. `usual` is what it would be without flag and memory. Throws `usage.invalid`. */
export function wantedForwards(
  { profile, ways }: TunnelTarget,
  typed: readonly ForwardSpec[],
  configured: ConfiguredForwards,
): { wanted: ForwardSpec[]; usual: ForwardSpec[] } {
  const isGateway = ({ to }: ForwardSpec) => to === 'gateway'
  const further = [...typed.filter((spec) => !isGateway(spec)), ...configured.further]
  if (further.length > 0 && !ways.some(({ kind }) => kind === 'ssh')) {
    throw new Fault('usage.invalid', `Nothing but the gateway can be reached through ${profile.name}`, {
      remedy: 'Further forwards need a way over SSH.',
    })
  }
  const usual = { port: configured.gateway ?? usualPort(ways), to: 'gateway' as const }
  const gateway = typed.find(isGateway) ?? { ...usual, port: profile.localPorts?.gateway ?? usual.port }
  return { wanted: [gateway, ...further], usual: [usual, ...further] }
}

/** Where the gateway is usually reached: the same port here as there, as with `ssh -L 18789:127.0.0.1:18789`. */
function usualPort([first]: readonly [Way, ...Way[]]): number {
  return first.kind === 'ssh' ? (first.gatewayPort ?? gatewayPort) : gatewayPort
}
