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
import type { FileOutbox } from './outbox.ts'
import { tunnelEnv } from './secrets.ts'
import type { Target } from './target.ts'

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
  const greeter = await greeterOf(target, who, surroundings)
  const asking = (prompts: Prompts): Greeter => ({
    ...greeter,
    secret: (signal) => target.secret(signal, prompts),
    askPairCode: (question, signal) => prompts.pairCode(question, signal),
  })
  const { name, ways, profile } = target
  const env = tunnelEnv(surroundings.env, profile)
  return openConnection({ name, ways, greeter: asking, network: networkAddresses, ...surroundings, env })
}
