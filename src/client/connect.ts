/** From a target to the lasting connection of a screen. */

import { randomUUID } from 'node:crypto'
import { version } from '../shared/build.ts'
import { ourCaps } from '../shared/protocol/connect.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection-api.ts'
import type { Greeter } from './establish.ts'
import { greeterOf, type Surroundings } from './greeter.ts'
import type { Introduction } from './handshake.ts'
import { networkAddresses } from './network.ts'
import { FileOutbox } from './outbox.ts'
import { tunnelEnv } from './secrets.ts'
import type { Target } from './target.ts'
import { Whereabouts } from './whereabouts.ts'

export type NodeFacts = {
  /** As people know this machine. */
  readonly name: string
  readonly caps: readonly string[]
  readonly commands: readonly string[]
}

/** A node's connection: the same machine, under a key of its own. `connect()` starts it. */
export async function openNodeConnection(
  target: Target,
  node: NodeFacts,
  surroundings: Surroundings,
): Promise<Connection> {
  const { nodeDir, outboxDir } = surroundings.paths
  const who: Introduction = {
    ...{ id: 'node-host', mode: 'node', version, platform: process.platform },
    ...{ displayName: node.name, instanceId: randomUUID(), caps: node.caps, commands: node.commands },
  }
  const outbox = await FileOutbox.open(outboxDir, `node-${target.id}`, surroundings.clock)
  return await open(target, who, { ...surroundings, outbox, identityDir: nodeDir })
}

/** The terminal's connection: reconnects for ever, reattaches, delivers the outbox. `connect()` starts it. */
export async function openScreenConnection(
  target: Target,
  surroundings: Surroundings & { readonly outbox: FileOutbox },
): Promise<Connection> {
  const who: Introduction = {
    id: 'gateway-client',
    mode: 'ui',
    version,
    platform: process.platform,
    displayName: 'clawdbot terminal',
    instanceId: randomUUID(),
    caps: ourCaps,
  }
  return await open(target, who, surroundings)
}

async function open(
  target: Target,
  who: Introduction,
  around: Surroundings & { readonly outbox: FileOutbox; readonly identityDir?: string },
): Promise<Connection> {
  const greeter = await greeterOf(target, who, around)
  const asking = (prompts: Prompts): Greeter => ({
    ...greeter,
    secret: (signal) => target.secret(signal, prompts),
    askPairCode: (question, signal) => prompts.pairCode(question, signal),
  })
  const { name, ways, profile, whereNow } = target
  const env = tunnelEnv(around.env, profile)
  const whereabouts = whereNow && new Whereabouts(whereNow)
  return openConnection({ name, ways, whereabouts, greeter: asking, network: networkAddresses, ...around, env })
}
