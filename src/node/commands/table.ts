/** Everything a node of ours can be asked, by hand; and what of it this machine really offers. */

import type { Ability, Machine, NodeCommand } from '../node-command.ts'
import type { NodePolicy } from '../policy-file.ts'
import { type CameraParts, cameraCommands } from './camera.ts'
import { notify } from './notify.ts'
import { type RunParts, runCommands } from './run.ts'
import { which } from './which.ts'

export type CommandParts = RunParts & CameraParts

export function nodeCommands(parts: CommandParts): readonly NodeCommand[] {
  return [...runCommands(parts), which, notify, ...cameraCommands(parts)]
}

export type Offer = { readonly command: NodeCommand; readonly ability: Ability }

/** What cannot work here, and what the policy keeps back, is not offered. */
export async function lookAtAll(
  commands: readonly NodeCommand[],
  machine: Machine,
  policy: NodePolicy,
): Promise<readonly Offer[]> {
  return await Promise.all(
    commands.map(async (command) => {
      const kept = keptBack(command.name, policy)
      return { command, ability: kept ?? (await command.look(machine)) }
    }),
  )
}

function keptBack(name: string, { security, camera, withhold }: NodePolicy): Ability | undefined {
  const unable = (why: string, remedy: string): Ability => ({ kind: 'unable', why, remedy })
  if (withhold.includes(name)) return unable('the policy here keeps it back', 'Take it out of withhold in policy.json.')
  if (name.startsWith('system.run') && security === 'deny') {
    return unable('the policy here runs nothing', 'To be asked instead: clawdbot node policy ask')
  }
  if (name === 'camera.snap' && camera === 'deny') {
    return unable('the policy here takes no pictures', 'Set camera to ask in policy.json.')
  }
  return undefined
}
