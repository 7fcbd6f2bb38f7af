/** From a profile to a gateway that is there before its connection is, with what is kept of it on this machine. */

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { TranscriptCache } from '../../client/cache.ts'
import type { ClientPaths, Env } from '../../client/paths.ts'
import type { Target } from '../../client/target.ts'
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
  /** One line in passing: a gateway is being started. */
  onProgress(line: string): void
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
    const { serverProgram: program, onProgress } = world
    await ensureLocalGateway({ port: autostart.port, env, paths, program, clock, onProgress, signal })
  }
  const gateway = new LateGateway({
    view: { name, url, transport },
    async open(signal) {
      // Starting it makes its secret and may choose another port, so the target is read afterwards.
      if (isOurs) await ensure(signal)
      const target = await find(prompts)
      const { openScreenConnection } = await import('../../client/connect.ts')
      return await openScreenConnection(target, { paths, env, clock, prompts })
    },
    ...(isOurs ? { retryRemedy: `${keyOf('retry')} starts it again.`, beforeRetry: ensure } : {}),
  })
  return {
    gateway,
    cache: new TranscriptCache(paths.cacheDir, id),
    keep: fileKeep(join(paths.stateDir, 'drafts', `${fileName(id)}.json`)),
  }
}

/** An id may be an address. The one of this machine is found again whatever its port. */
function fileName(id: string): string {
  return id === 'local' ? id : createHash('sha256').update(id).digest('hex').slice(0, 32)
}
