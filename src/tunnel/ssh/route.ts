/** Which SSH servers are passed, each with its own configuration, as OpenSSH's `ProxyJump` means it. */

import { Fault } from '../../shared/fault.ts'
import type { SshWay } from '../way.ts'
import { type Hop, hopText, type SshHost } from './host.ts'
import { type HostWay, type ResolveContext, resolveHost } from './resolve.ts'

/** More servers than this in one row are a circle. */
const hopLimit = 10

/** The hops in the order they are passed, then the host itself. Throws `ssh.config` or `usage.invalid`. */
export async function resolveRoute(way: SshWay, context: ResolveContext): Promise<[...SshHost[], SshHost]> {
  return await routeTo(way, context, [])
}

/** The first hop may have hops of its own; for the others the list itself says how they are reached. */
async function routeTo(
  way: HostWay,
  context: ResolveContext,
  behind: readonly string[],
): Promise<[...SshHost[], SshHost]> {
  const host = await resolveHost(way, context)
  const place = `${host.alias}:${host.port}`
  if (behind.length >= hopLimit || behind.includes(place)) throw circle([place, ...behind])
  const [first, ...others] = host.proxyJump
  if (first === undefined) return [host]
  const [before, ...after] = await Promise.all([
    routeTo(first, context, [place, ...behind]),
    ...others.map((hop, passed) => behindHops(hop, host.proxyJump.slice(0, passed + 1), context)),
  ])
  return [...before, ...after, host]
}

/** No hops of its own; a person who goes there by hand has to name those before it. */
async function behindHops(hop: Hop, before: readonly Hop[], context: ResolveContext): Promise<SshHost> {
  const host = await resolveHost({ ...hop, jump: [] }, context)
  return { ...host, typed: { ...host.typed, jump: before.map(hopText) } }
}

function circle(places: readonly string[]): Fault {
  return new Fault('ssh.config', `The jump hosts go in a circle: ${places.join(' › ')}`, {
    remedy: 'Correct ProxyJump in ~/.ssh/config; a host must not be reached through itself.',
  })
}
