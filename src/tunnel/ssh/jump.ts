/** A tunnel through a tunnel: each hop with its own configuration, host key and login, reached through the one before. */

import type { Duplex } from 'node:stream'
import { Lifetime } from '../../shared/std/lifetime.ts'
import type { TunnelContext } from '../tunnel.ts'
import { connectClient, type SshConnection } from './client.ts'
import { ChannelError, hopFault } from './faults.ts'
import type { SshHost } from './host.ts'
import { keyTypeOf } from './host-key.ts'
import type { KnownHostsLine } from './known-hosts.ts'
import { readKnownHosts } from './known-hosts-file.ts'
import { offerFor } from './offer.ts'
import { type PersonalKeys, personalKeys } from './personal-keys.ts'
import { connectTcp } from './tcp.ts'
import { verifyHost } from './verify-host.ts'

/** Connects to the last of `route` through all before it; they end with it. Rejects with a `Fault`, or the signal's reason. */
export async function connectThrough(route: readonly SshHost[], context: TunnelContext): Promise<SshConnection> {
  const prepared = route.map((host) => prepare(host, context))
  await using life = new Lifetime()
  const made: { host: SshHost; connection: SshConnection }[] = []
  for (const [index, host] of route.entries()) {
    const local = index < route.length - 1 ? { ...context, onLayer: asHop(host, context.onLayer) } : context
    const via = made.at(-1)
    const transport = via ? await openNext(via, host, local) : await connectTcp(host, local)
    made.push({
      host,
      connection: life.use(await login(transport, await (prepared[index] as Promise<Prepared>), local)),
    })
  }
  const { connection } = made.at(-1) as { connection: SshConnection }
  return {
    method: connection.method,
    closed: Promise.race(made.map(({ connection: { closed } }) => closed)), // a lost hop is told as the hop's loss
    openChannel: (target, signal) => connection.openChannel(target, signal),
    run: (command, input, signal) => connection.run(command, input, signal),
    [Symbol.asyncDispose]: life.move(),
  }
}

type Prepared = { host: SshHost; known: KnownHostsLine[]; keys: PersonalKeys }

/** What is on this machine is read while the network is waited for. */
async function prepare(host: SshHost, { prompts }: TunnelContext): Promise<Prepared> {
  const [known, keys] = await Promise.all([readKnownHosts(host), personalKeys(host, prompts)])
  return { host, known, keys }
}

function asHop({ alias }: SshHost, onLayer: TunnelContext['onLayer']): TunnelContext['onLayer'] {
  return (event) => onLayer(event.state === 'up' ? { ...event, detail: `via ${alias}` } : event)
}

async function openNext(
  via: { host: SshHost; connection: SshConnection },
  host: SshHost,
  { signal, onLayer }: TunnelContext,
): Promise<Duplex> {
  onLayer({ layer: 'tcp', state: 'begun' })
  try {
    const channel = await via.connection.openChannel({ host: host.hostName, port: host.port }, signal)
    onLayer({ layer: 'tcp', state: 'up', detail: `via ${via.host.alias}` })
    return channel
  } catch (error) {
    throw error instanceof ChannelError ? hopFault(via.host, host, error) : error
  }
}

async function login(
  transport: Duplex,
  { host, known, keys }: Prepared,
  context: TunnelContext,
): Promise<SshConnection> {
  const { onLayer } = context
  onLayer({ layer: 'ssh', state: 'begun' })
  let shown: string | undefined
  const options = {
    ...{ host, keys, offer: offerFor(host, known) },
    verifyKey: async (key: Buffer) => {
      const problem = await verifyHost(host, known, key, context)
      shown = [keyTypeOf(key), problem].filter(Boolean).join('; ')
    },
    onVerified: () => {
      onLayer({ layer: 'ssh', state: 'up', detail: shown })
      onLayer({ layer: 'auth', state: 'begun' })
    },
  }
  const connection = await connectClient(transport, options, context)
  onLayer({ layer: 'auth', state: 'up', detail: connection.method })
  return connection
}
