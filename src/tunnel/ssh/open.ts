/** Opens an SSH way: which engine, through which hops, and what is said when the gateway cannot be reached there. */

import { userInfo } from 'node:os'
import { Fault } from '../../shared/fault.ts'
import { parseGatewayUrl } from '../gateway-url.ts'
import type { Tunnel, TunnelContext } from '../tunnel.ts'
import type { SshWay } from '../way.ts'
import { gatewayPort, wayOrigin } from '../way-origin.ts'
import { agentKinds, isBeyondSsh2 } from './agent-kinds.ts'
import { AnswerMemory } from './answer-memory.ts'
import { ChannelError, type GatewayPlace, gatewayFault, unsupported } from './faults.ts'
import type { SshHost } from './host.ts'
import { readIdentityKinds } from './identity-kinds.ts'
import { readKnownHosts } from './known-hosts-file.ts'
import { systemChance, systemNeed } from './needs.ts'
import { resolveRoute } from './route.ts'
import { findSsh } from './system.ts'

type Opening = {
  readonly way: SshWay
  readonly context: TunnelContext
  /** The hops, then the host. */
  readonly route: readonly SshHost[]
  readonly host: SshHost
  readonly gateway: GatewayPlace
}

/** Rejects with a `Fault` that says what to do, or with the signal's reason. */
export async function openSsh(way: SshWay, surroundings: TunnelContext): Promise<Tunnel> {
  const context = { ...surroundings, prompts: new AnswerMemory().over(surroundings.prompts) } // one key for several hops
  const engine = way.engine === 'system' ? undefined : import('./jump.ts') // ssh2 loads while ssh is asked
  engine?.catch(() => {}) // told when it is needed
  const route = await resolveRoute(way, context)
  const host = route.at(-1) as SshHost
  const gateway =
    way.gatewaySocket === undefined ? { port: way.gatewayPort ?? gatewayPort } : { path: way.gatewaySocket }
  const opening = { way, context, route, host, gateway }
  if (engine === undefined) return await openWithSystem(opening, 'engine "system"')
  const feature = await needOf(route)
  if (feature !== undefined) return await openOther(opening, feature)
  try {
    return await openSsh2(opening, await engine)
  } catch (error) {
    const lacking = await lackOf(host, error, context.signal)
    if (lacking === undefined) throw error
    return await openOther(opening, lacking, error)
  }
}

async function needOf(route: readonly SshHost[]): Promise<string | undefined> {
  const needs = await Promise.all(
    route.map(async (host) => {
      const [known, identities] = await Promise.all([readKnownHosts(host), readIdentityKinds(host)])
      return systemNeed(host, known, identities)
    }),
  )
  return needs.find((need) => need !== undefined)
}

/** What ssh2 turned out to lack, when the other engine may have it. */
async function lackOf(host: SshHost, error: unknown, signal: AbortSignal): Promise<string | undefined> {
  if (!(error instanceof Fault)) return undefined
  const { feature, methods } = error.details ?? {}
  if (error.code === 'ssh.unsupported' && typeof feature === 'string') return feature
  if (error.code !== 'ssh.unauthorized' || !Array.isArray(methods)) return undefined
  const held = host.agentSocket === undefined ? [] : await agentKinds(host.agentSocket, signal)
  const special = host.pubkey && methods.includes('publickey') ? held.find(isBeyondSsh2) : undefined
  return special ? `the agent's ${special}` : systemChance(host, await readIdentityKinds(host), methods)
}

/** What ssh2 cannot do the system's `ssh` may. */
async function openOther(opening: Opening, feature: string, cause?: unknown): Promise<Tunnel> {
  const { way, host } = opening
  if (way.engine !== 'ssh2') return await openWithSystem(opening, feature, cause)
  throw unsupported(host, feature, 'Let the profile take the system\'s ssh for it: engine "auto".', cause)
}

async function openSsh2(opening: Opening, { connectThrough }: typeof import('./jump.ts')): Promise<Tunnel> {
  const { context, route, host, gateway } = opening
  const connection = await connectThrough(route, context)
  const open = async (place: GatewayPlace, signal: AbortSignal) => {
    try {
      return await connection.openChannel('path' in place ? place : { host: '127.0.0.1', ...place }, signal)
    } catch (error) {
      throw error instanceof ChannelError ? gatewayFault(host, place, error) : error
    }
  }
  return {
    ...facesOf(opening, 'ssh2'),
    dial: (signal) => open(gateway, signal),
    dialTo: open,
    closed: connection.closed,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  }
}

async function openWithSystem(opening: Opening, feature: string, cause?: unknown): Promise<Tunnel> {
  const { way, context, host, gateway } = opening
  const ssh = await findSsh(context.env)
  if (ssh === undefined)
    throw unsupported(host, feature, 'Install OpenSSH on this machine: its ssh can do that.', cause)
  const [{ openSystem }, known] = await Promise.all([import('./system-tunnel.ts'), readKnownHosts(host)])
  const isOwnHome = userInfo().homedir === context.home
  return {
    ...facesOf(opening, 'ssh -W'),
    ...(await openSystem({ ssh, way, host, gateway, known, isOwnHome }, context)),
  }
}

function facesOf({ way, route, gateway }: Opening, engine: string): Pick<Tunnel, 'url' | 'origin' | 'route'> {
  return {
    url: parseGatewayUrl('path' in gateway ? `unix:${gateway.path}` : `ws://127.0.0.1:${gateway.port}`),
    origin: wayOrigin(way),
    route: [engine, ...route.map(({ alias }) => alias)].join(' › '),
  }
}
