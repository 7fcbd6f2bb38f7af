/** One connection for one line command. Apart from the screen's, so that a line command loads no more than it needs. */

import { config } from 'zod'
import { version } from '../shared/build.ts'
import type { Fault } from '../shared/fault.ts'
import type { Vocabulary } from '../shared/rpc/vocabulary.ts'
import { openTunnel } from '../tunnel/open.ts'
import { establish, type Link } from './establish.ts'
import { greeterOf, type Surroundings } from './greeter.ts'
import type { Introduction } from './handshake.ts'
import { tunnelEnv } from './secrets.ts'
import type { Target } from './target.ts'

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
  config({ jitless: true }) // a handful of messages never earns back the compiling of their parsers (7 ms)
  const who: Introduction = {
    id: 'cli',
    mode: options.mode ?? 'cli',
    version,
    platform: process.platform,
    caps: [],
  }
  const greeter = await greeterOf(target, who, options)
  const { clock, signal, prompts, paths } = options
  const env = tunnelEnv(options.env, target.profile)
  const [way] = target.ways
  const tunnel = await openTunnel(way, { clock, signal, prompts, env, home: paths.home, onLayer: () => {} })
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
