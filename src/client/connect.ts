/** From a target to a connection: the lasting one of a screen, or one link for a line command. */

import { randomUUID } from 'node:crypto'
import { version } from '../shared/build.ts'
import type { Fault } from '../shared/fault.ts'
import { ourCaps } from '../shared/protocol/connect.ts'
import type { Vocabulary } from '../shared/rpc/vocabulary.ts'
import type { Clock } from '../shared/std/clock.ts'
import { openTunnel } from '../tunnel/open.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection-api.ts'
import { establish, type Greeter, type Link } from './establish.ts'
import type { Introduction } from './handshake.ts'
import { DeviceTokens, loadIdentity } from './identity.ts'
import { FileOutbox } from './outbox.ts'
import type { ClientPaths } from './paths.ts'
import type { Target } from './target.ts'

export type Surroundings = { readonly paths: ClientPaths; readonly clock: Clock }

/** The terminal's connection: reconnects for ever, reattaches, delivers the outbox. Call `connect()` to start it. */
export async function openScreenConnection(target: Target, { paths, clock }: Surroundings): Promise<Connection> {
  const who: Introduction = {
    id: 'gateway-client',
    mode: 'ui',
    version,
    platform: process.platform,
    displayName: 'clawdbot terminal',
    instanceId: randomUUID(),
    caps: ourCaps,
  }
  const greeter = await greeterOf(target, who, { paths, clock })
  const outbox = await FileOutbox.open(paths.outboxDir, target.url.origin, clock)
  return openConnection({ profile: target.profile, greeter, outbox, clock })
}

export type LinkOptions = Surroundings & {
  /** `probe` for looking only; see section 4.10. */
  readonly mode?: 'cli' | 'probe'
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly onLost?: (fault: Fault) => void
  /** The methods and events that will be used; everything when absent. */
  readonly vocabulary?: Vocabulary | undefined
}

export type OpenLink = Link & AsyncDisposable

/** One connection for one line command: no retries, no caps. Rejects with a `Fault`. */
export async function openLink(target: Target, options: LinkOptions): Promise<OpenLink> {
  const who: Introduction = {
    id: 'cli',
    mode: options.mode ?? 'cli',
    version,
    platform: process.platform,
    caps: [],
  }
  const greeter = await greeterOf(target, who, options)
  const tunnel = await openTunnel(target.profile)
  const events = { onLost: (fault: Fault) => options.onLost?.(fault) }
  try {
    const link = await establish(tunnel, greeter, events, options.signal, options.timeoutMs)
    return {
      ...link,
      [Symbol.asyncDispose]: async () => {
        link.close()
        await tunnel[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await tunnel[Symbol.asyncDispose]()
    throw error
  }
}

async function greeterOf(
  target: Target,
  who: Introduction,
  { paths, clock, vocabulary }: Surroundings & { readonly vocabulary?: Vocabulary | undefined },
): Promise<Greeter> {
  const identity = await loadIdentity(paths.deviceKey, () => clock.now())
  return {
    url: target.url,
    who,
    identity,
    tokens: new DeviceTokens(paths.deviceTokens, identity.deviceId),
    secret: target.secret,
    isSecretExplicit: target.isSecretExplicit,
    clock,
    vocabulary: vocabulary ?? (await import('../shared/rpc/whole-vocabulary.ts')).wholeVocabulary,
  }
}
