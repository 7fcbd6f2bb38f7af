/** One connection for one line command. Apart from the screen's, so that a line command loads no more than it needs. */

import { config } from 'zod'
import { version } from '../shared/build.ts'
import { Fault } from '../shared/fault.ts'
import { fewerScopesCap, nodeOutputCap } from '../shared/protocol/connect.ts'
import type { Vocabulary } from '../shared/rpc/vocabulary.ts'
import type { Secret } from '../shared/std/secret.ts'
import type { LayerEvent } from '../tunnel/layer.ts'
import { openTunnel } from '../tunnel/open.ts'
import type { Way } from '../tunnel/way.ts'
import { establish, type Greeter, type Link } from './establish.ts'
import { greeterOf, type Surroundings } from './greeter.ts'
import type { Introduction } from './handshake.ts'
import { tunnelEnv } from './secrets.ts'
import type { Target } from './target.ts'
import { type Lane, raceWays } from './ways.ts'

export type LinkOptions = Surroundings & {
  /** `probe` for looking only; see section 4.10. */
  readonly mode?: 'cli' | 'probe'
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Only these of the target's ways; all of them when absent. */
  readonly ways?: readonly [Way, ...Way[]]
  readonly onLost?: (fault: Fault) => void
  /** How far it has come, for one way at a time; see `LayerEvent`. */
  readonly onLayer?: (event: LayerEvent) => void
  /** The methods and events that will be used; everything when absent. */
  readonly vocabulary?: Vocabulary | undefined
  /** Stands for the approval of this device. */
  readonly pairCode?: Secret | undefined
}

export type OpenLink = Link & AsyncDisposable

/**
 * One connection for one line command: no retries, nothing caught up with. The ways are raced; a gateway that was reached and
 * refuses, or a question that nobody can be asked, is not gone around. Rejects with a `Fault`.
 */
export async function openLink(target: Target, options: LinkOptions): Promise<OpenLink> {
  config({ jitless: true }) // a handful of messages never earns back the compiling of their parsers (7 ms)
  const who: Introduction = {
    id: 'cli',
    mode: options.mode ?? 'cli',
    version,
    platform: process.platform,
    caps: [fewerScopesCap, nodeOutputCap],
  }
  const greeter = await greeterOf(target, who, options)
  const lane =
    (way: Way): Lane<OpenLink> =>
    (signal) =>
      linkBy(way, target, greeter, { ...options, signal })
  const [first, ...others] = options.ways ?? target.ways
  const discard = (late: OpenLink) => void late[Symbol.asyncDispose]()
  const isFinal = (error: unknown) => !isNotReached(error)
  try {
    return await raceWays([lane(first), ...others.map(lane)], { ...options, discard, isFinal })
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error
    throw error.errors.find(isFinal) ?? noWay(error.errors)
  }
}

/** Exit codes 4 and 5: not reached, or no answer in time. */
function isNotReached(error: unknown): error is Fault {
  return error instanceof Fault && (error.exitCode === 4 || error.exitCode === 5)
}

/** The preferred way is the one to mend first. */
function noWay([first, ...others]: readonly Fault[]): Fault {
  if (!first) throw new Error('nothing failed')
  if (others.length === 0) return first
  const also = others.map(({ message }) => message).join('; ')
  return new Fault(first.code, `${first.message}; the other ways do not lead there either (${also})`, {
    ...(first.remedy === undefined ? {} : { remedy: first.remedy }),
    retryable: first.retryable,
    cause: first,
  })
}

async function linkBy(way: Way, target: Target, greeter: Greeter, options: LinkOptions): Promise<OpenLink> {
  const { clock, signal, prompts, paths, onLayer = () => {} } = options
  const env = tunnelEnv(options.env, target.profile)
  const tunnel = await openTunnel(way, { clock, signal, prompts, env, home: paths.home, onLayer })
  const events = { onLost: (fault: Fault) => options.onLost?.(fault), onLayer }
  try {
    const link = await establish(tunnel, greeter, events, signal, options.timeoutMs)
    // Nothing is to be caught up with: a hello is all it takes.
    onLayer({ layer: 'live', state: 'begun' })
    onLayer({ layer: 'live', state: 'up' })
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
