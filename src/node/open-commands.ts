/** What this machine can be asked, put together: its policy, its people, its processes and its cameras. */

import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClientPaths } from '../client/paths.ts'
import { ensurePrivateFolder } from '../client/private-file.ts'
import { openAllowedCommands } from '../exec/allowed-commands.ts'
import { Ledger } from '../exec/ledger.ts'
import { Spawner } from '../exec/spawn.ts'
import type { Clock } from '../shared/std/clock.ts'
import { NodeAsks } from './asks.ts'
import type { CameraSystem } from './cameras.ts'
import type { RunParts } from './commands/run.ts'
import { nodeCommands } from './commands/table.ts'
import type { NodeCommand } from './node-command.ts'

export type OpenParts = {
  paths: ClientPaths
  /** What this node serves; another one beside it has processes of its own. */
  targetId: string
  clock: Clock
  cameras: CameraSystem | undefined
  prompt?: RunParts['prompt']
}

export type OpenCommands = AsyncDisposable & { readonly commands: readonly NodeCommand[] }

/** Ends what an earlier node left running. Disposing it ends what runs now. */
export async function openCommands({ paths, targetId, clock, cameras, prompt }: OpenParts): Promise<OpenCommands> {
  const { nodeDir, stateDir } = paths
  await ensurePrivateFolder(nodeDir)
  const spawner = new Spawner({ ledger: new Ledger(join(hostFolder(nodeDir, targetId), 'running')), clock })
  await spawner.reapLeftovers()
  const asks = new NodeAsks(nodeDir, clock)
  await asks.tidy()
  const store = await openAllowedCommands(join(nodeDir, 'allowed-commands.json'))
  // Our own entry in /proc shows our environment, secrets included, to every process of the account.
  const protectedPaths = [...new Set([stateDir, await realpath(stateDir), `/proc/${process.pid}`])]
  return {
    commands: nodeCommands({ nodeDir, protectedPaths, asks, store, spawner, prompt, system: cameras }),
    [Symbol.asyncDispose]: () => spawner[Symbol.asyncDispose](),
  }
}

/** What belongs to the serving of one gateway. */
export function hostFolder(nodeDir: string, targetId: string): string {
  return join(nodeDir, 'hosts', createHash('sha256').update(targetId).digest('hex').slice(0, 16))
}
