/** Which local ports a tunnel takes: flags, memory, and the person when one is held by another program. */

import { type ConfiguredForwards, configuredForwards } from '../client/forward/configured.ts'
import type { ForwardNote } from '../client/forward/note.ts'
import { planPorts, portsToRemember, type TakenPort } from '../client/forward/plan-ports.ts'
import { type ForwardSpec, forwardText, targetText } from '../client/forward/spec.ts'
import { holderName, portTaken } from '../client/ports/holder.ts'
import { reviseProfile } from '../client/saved-profiles.ts'
import { tunnelEnv } from '../client/secrets.ts'
import type { AskProgram } from '../client/system-programs.ts'
import { type Invocation, portFlag } from './command.ts'
import { harmless, oneLine } from './style.ts'
import { type TunnelTarget, typedForwards, wantedForwards } from './tunnel-profile.ts'

export const portFlags = {
  'local-port': portFlag('port of this machine; remembered for the profile'),
  forward: {
    type: 'string',
    about: 'one more over the same SSH connection, as ssh -L has it; may be given several times',
    value: '<port:host:port>',
  },
  'config-forwards': { type: 'boolean', about: 'also those of LocalForward in ~/.ssh/config' },
  yes: { type: 'boolean', about: 'take the next free port when one is held by another program' },
  json: { type: 'boolean', about: 'print JSON for programs' },
} as const

type PortInvocation = Invocation<typeof portFlags>

/**
 * Before anything touches the network. The profile remembers what is not usual. The ports of `ours`, a tunnel of the
 * same profile that is to be replaced, are not taken.
 */
export async function choosePorts(
  target: TunnelTarget,
  invocation: PortInvocation,
  ask: AskProgram,
  ours?: ForwardNote,
): Promise<ForwardSpec[]> {
  const { profile } = target
  const typed = typedPorts(invocation)
  const configured = await offered(target, invocation)
  const { wanted, usual } = wantedForwards(target, typed, configured)
  const remembered = profile.localPorts ?? {}
  const choose = (taken: TakenPort) => insteadOf(taken, invocation)
  const own = (ours?.forwards ?? []).map(({ port }) => port)
  const planned = await planPorts({ wanted, typed, remembered, own, ask, choose })
  const localPorts = portsToRemember(planned, usual, remembered)
  if (localPorts) await reviseProfile(profile.name, { localPorts }, undefined, invocation)
  return planned
}

/** What the flags of this command name. Throws `usage.invalid`. */
export function typedPorts({ flags, given }: Pick<PortInvocation, 'flags' | 'given'>): ForwardSpec[] {
  const further = given.filter(({ name }) => name === 'forward').map(({ value }) => String(value))
  return typedForwards(flags['local-port'], further)
}

/** Says what the SSH configuration has besides; opening a port is the person's choice. */
async function offered({ ways, profile }: TunnelTarget, world: PortInvocation): Promise<ConfiguredForwards> {
  const env = tunnelEnv(world.env, profile)
  const found = await configuredForwards(ways, { env, home: world.paths.home, signal: world.signal })
  if (world.flags['config-forwards']) return found
  if (found.further.length > 0) {
    const list = found.further.map(({ port, to }) => `${port} → ${targetText(to)}`).join(', ')
    world.err(`~/.ssh/config forwards more for it (${oneLine(list)}); to open those too: --config-forwards\n`)
  }
  return { ...found, further: [] }
}

async function insteadOf(taken: TakenPort, { flags, person, err, signal }: PortInvocation): Promise<number> {
  const { spec, holder, free } = taken
  if (free === undefined) throw portTaken(spec.port, holder, 'choose another port')
  const held = `Port ${spec.port} is held by ${holderName(holder)}.`
  if (flags.yes) {
    err(`${harmless(held)} Taking ${free}.\n`)
    return free
  }
  if (person.isThere && (await person.confirm(`${held} Take ${free}, the next free one?`, true, signal))) return free
  const flag = flagText({ ...spec, port: free })
  throw portTaken(spec.port, holder, `take the next free one with ${flag}, or with --yes`)
}

/** As it is typed. */
export function flagText(spec: ForwardSpec): string {
  return spec.to === 'gateway' ? `--local-port ${spec.port}` : `--forward ${forwardText(spec)}`
}
