/** From a profile to a gateway that is there before its connection is, with what is kept of it on this machine. */

import { TranscriptCache } from '../../client/cache.ts'
import { draftsPath } from '../../client/kept.ts'
import type { FileOutbox } from '../../client/outbox.ts'
import type { ClientPaths, Env } from '../../client/paths.ts'
import type { Target } from '../../client/target.ts'
import { stateFault } from '../../shared/state-fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Prompts } from '../../tunnel/prompts.ts'
import { keyOf } from '../commands/keymap.ts'
import { fileKeep } from '../gateway/keep.ts'
import { LateGateway } from '../gateway/late-gateway.ts'
import type { Equipment } from './workspace.ts'

export type ReachWorld = {
  readonly env: Env
  readonly paths: ClientPaths
  readonly clock: Clock
  /** Path of `clawdbot-server`, for the gateway of this machine. */
  readonly serverProgram: string
  /** One line in passing, such as that a gateway is being started; the result takes it away again. */
  onProgress(line: string): () => void
}

/** What is known of a gateway before anything is asked. */
export type Reachable = {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly transport: string
  /** It is the one of this machine, and started when it does not run. */
  readonly isOurs: boolean
}

/** `find` looks up how it is reached each time it is connected to: a profile may have been changed meanwhile. */
export function reach(
  { id, name, url, transport, isOurs }: Reachable,
  find: (prompts: Prompts) => Promise<Target>,
  prompts: Prompts,
  world: ReachWorld,
): Equipment & { gateway: LateGateway } {
  const { env, paths, clock } = world
  const ensure = async (signal: AbortSignal): Promise<void> => {
    const { autostart } = await find(prompts)
    if (!autostart) return
    // What connects is loaded after the first frame is on the screen.
    const { ensureLocalGateway } = await import('../../client/local.ts')
    let endLast = () => {}
    const onProgress = (line: string) => {
      endLast = world.onProgress(line)
    }
    const { port } = autostart
    try {
      await ensureLocalGateway({ port, env, paths, program: world.serverProgram, clock, onProgress, signal })
    } finally {
      endLast() // it is there, or the screen says what went wrong
    }
  }
  const gateway = new LateGateway({
    view: { name, url, transport },
    openOutbox: telling(paths, async () => {
      const { FileOutbox } = await import('../../client/outbox.ts')
      const { origin } = await find(prompts)
      // Boxes were named after the address before a gateway had an id of its own.
      return await FileOutbox.open(paths.outboxDir, id, clock, origin)
    }),
    open: telling(paths, async (signal: AbortSignal, outbox: FileOutbox) => {
      // Starting it makes its secret and may choose another port, so the target is read afterwards.
      if (isOurs) await ensure(signal)
      const target = await find(prompts)
      const { openScreenConnection } = await import('../../client/connect.ts')
      return await openScreenConnection(target, { paths, env, clock, prompts, outbox })
    }),
    ...(isOurs ? { retryRemedy: `${keyOf('retry')} starts it again.`, beforeRetry: telling(paths, ensure) } : {}),
  })
  return {
    gateway,
    cache: new TranscriptCache(paths.cacheDir, id),
    keep: fileKeep(draftsPath(paths, id)),
  }
}

/** What the state folder refuses is a `Fault` too, and shown as one. */
function telling<A extends readonly unknown[], T>({ stateDir }: ClientPaths, work: (...given: A) => Promise<T>) {
  return async (...given: A): Promise<T> => {
    try {
      return await work(...given)
    } catch (error) {
      throw stateFault(stateDir, error) ?? error
    }
  }
}
