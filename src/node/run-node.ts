/** A node from start to end: what this machine offers, the connection to one gateway, and what happens in between. */

import { join } from 'node:path'
import { openNodeConnection } from '../client/connect.ts'
import type { ConnectionView } from '../client/connection-api.ts'
import { loadIdentity } from '../client/identity.ts'
import type { ClientPaths, Env } from '../client/paths.ts'
import { lockPrivate } from '../client/private-file.ts'
import type { Target } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import type { Clock } from '../shared/std/clock.ts'
import { Lifetime } from '../shared/std/lifetime.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import type { CameraSystem } from './cameras.ts'
import type { RunParts } from './commands/run.ts'
import { lookAtAll } from './commands/table.ts'
import { awaitsApproval, NodeHost, type NodeNews } from './host.ts'
import type { Machine } from './node-command.ts'
import { hostFolder, openCommands } from './open-commands.ts'
import { takePlace } from './place.ts'
import { readPolicy } from './policy-file.ts'

export type NodeOptions = {
  target: Target
  /** As people know this machine. */
  name: string
  paths: ClientPaths
  env: Env
  clock: Clock
  prompts: Prompts
  machine: Machine
  cameras: CameraSystem | undefined
  /** Asks the person in front of this process about a command. */
  prompt?: RunParts['prompt']
  onStarted(facts: { deviceId: string; offered: readonly string[] }): void
  onView(view: ConnectionView): void
  onNews(news: NodeNews): void
  signal: AbortSignal
}

/** A gateway whose people have not decided yet is asked again this often; a request there lives five minutes. */
const knockEveryMs = 5_000

/** Works until the signal ends it; rejects with what only a person can mend. */
export async function runNode(options: NodeOptions): Promise<void> {
  const { target, paths, env, clock, prompts, machine, signal } = options
  await using life = new Lifetime()
  life.use(await takePlace(hostFolder(paths.nodeDir, target.id), target.name, machine.ask))
  const { commands, ...open } = await openCommands({ ...options, targetId: target.id })
  life.use(open)
  const offers = await lookAtAll(commands, machine, await readPolicy(paths.nodeDir))
  const offered = offers.filter(({ ability }) => ability.kind === 'able').map(({ command }) => command)
  if (offered.length === 0) throw nothingToOffer()
  const facts = { name: options.name, caps: [...new Set(offered.map(({ cap }) => cap))] }
  const { deviceId } = await identity(paths, clock)
  options.onStarted({ deviceId, offered: offered.map(({ name }) => name) })
  const connection = life.use(
    await openNodeConnection(
      target,
      { ...facts, commands: offered.map(({ name }) => name) },
      { paths, env, clock, prompts },
    ),
  )
  life.use(new NodeHost({ ...options, connection, commands: offered, gateway: target.name }))
  const ended = new Promise<never>((_, reject) => {
    const follow = () => {
      const { view } = connection
      options.onView(view)
      if (view.phase !== 'failed') return
      if (awaitsApproval(view.fault)) clock.after(knockEveryMs, () => !signal.aborted && connection.retry())
      else reject(view.fault)
    }
    life.defer(connection.subscribe(follow))
  })
  connection.connect()
  await Promise.race([ended, aborted(signal)])
}

/** Made here first, so that two nodes that start at once have one key. */
async function identity({ nodeDir }: ClientPaths, clock: Clock) {
  await using _lock = await lockPrivate(join(nodeDir, 'device'), clock)
  return await loadIdentity(join(nodeDir, 'device.json'), () => clock.now())
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function nothingToOffer(): Fault {
  return new Fault('usage.invalid', 'This machine offers nothing a gateway could ask for', {
    remedy: 'clawdbot node doctor says what is missing.',
  })
}
