/** Fits the node's room to what the line commands know as this machine as a node. */

import type { NodePort } from '../cli/node-port.ts'
import type { ClientPaths, Env } from '../client/paths.ts'
import { systemClock } from '../shared/std/clock.ts'
import type { Prompts } from '../tunnel/prompts.ts'

export async function nodePortOf(world: { env: Env; paths: ClientPaths; prompts: Prompts }): Promise<NodePort> {
  const { NodeAsks } = await import('../node/asks.ts')
  const { cameraSystem } = await import('../node/cameras.ts')
  const { lookAtAll } = await import('../node/commands/table.ts')
  const { thisMachine } = await import('../node/machine.ts')
  const { openCommands } = await import('../node/open-commands.ts')
  const { changeMode, policyPath, readMode, readPolicy } = await import('../node/policy-file.ts')
  const { runNode } = await import('../node/run-node.ts')
  const { execModes } = await import('../exec/policy.ts')
  const { env, paths } = world
  const { nodeDir } = paths
  const clock = systemClock
  const machine = thisMachine(env, paths)
  const cameras = cameraSystem(machine.platform)
  const asks = new NodeAsks(nodeDir, clock)
  return {
    run: (options) => runNode({ ...world, ...options, clock, machine, cameras }),
    async abilities() {
      await using open = await openCommands({ paths, targetId: 'looked at', clock, cameras })
      const offers = await lookAtAll(open.commands, machine, await readPolicy(nodeDir))
      return offers.map(({ command: { name: command }, ability }) =>
        ability.kind === 'able'
          ? { command, isOffered: true, detail: ability.detail }
          : { command, isOffered: false, detail: ability.why, remedy: ability.remedy },
      )
    },
    asks: () => asks.list(),
    answer: (id, decision) => asks.answer(id, decision),
    policy: async () => ({ path: policyPath(nodeDir), mode: (await readPolicy(nodeDir)).security, modes: execModes }),
    setMode: async (mode) => await changeMode(nodeDir, readMode(mode)),
  }
}
