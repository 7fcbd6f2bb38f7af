/** Our own node host in this process, connected to a test gateway and approved there, with a home and a policy of its own. */

import { mkdir, writeFile } from 'node:fs/promises'
import { resolveTarget, type Target } from '../../src/client/target.ts'
import type { CameraSystem } from '../../src/node/cameras.ts'
import type { NodeNews } from '../../src/node/host.ts'
import { thisMachine } from '../../src/node/machine.ts'
import type { NodePolicy } from '../../src/node/policy-file.ts'
import { policyPath } from '../../src/node/policy-file.ts'
import { type NodeOptions, runNode } from '../../src/node/run-node.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import { Home } from '../client/support.ts'
import { startTestGateway, type TestGateway, testToken } from './gateway.ts'
import { approveNode } from './node.ts'
import type { RawClient } from './raw-client.ts'

export type OwnNodeOptions = {
  policy?: Partial<NodePolicy>
  cameras?: CameraSystem
  prompt?: NodeOptions['prompt']
  env?: Record<string, string>
  /** Another way to the gateway than straight to its port, and the home folder with its SSH settings. */
  through?: { home: string; target(gateway: TestGateway): Target }
}

export async function startOwnNode(options: OwnNodeOptions = {}) {
  const home = await Home.make()
  const gateway = await startTestGateway()
  const admin = await gateway.client()
  const nodeId = await started(gateway, home, options)
  await approveNode(admin, nodeId.id)
  const invoke = (command: string, params: unknown, more: object = {}) => ask(admin, nodeId.id, command, params, more)
  return {
    ...{ home, gateway, admin, invoke, nodeId: nodeId.id, news: nodeId.news, offered: nodeId.offered },
    run: (...command: string[]) => invoke('system.run', { command }),
    /** Ends it; rejects with what it ended of. */
    stop: nodeId.stop,
    async [Symbol.asyncDispose]() {
      await nodeId.stop()
      admin[Symbol.dispose]()
      await gateway[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

export async function writePolicy(home: Home, policy: Partial<NodePolicy>): Promise<void> {
  await mkdir(home.paths.nodeDir, { recursive: true, mode: 0o700 })
  await writeFile(policyPath(home.paths.nodeDir), JSON.stringify({ version: 1, ...policy }))
}

async function started(gateway: TestGateway, home: Home, options: OwnNodeOptions) {
  const { policy, cameras, prompt, env, through } = options
  if (policy) await writePolicy(home, policy)
  const end = new AbortController()
  const news: NodeNews[] = []
  const variables = { PATH: process.env.PATH ?? '', HOME: home.dir, ...env }
  const flags = { url: gateway.url, token: testToken }
  const target = through?.target(gateway) ?? (await resolveTarget(flags, {}, home.paths, noPrompts))
  const paths = { ...home.paths, ...(through && { home: through.home }) }
  const start = Promise.withResolvers<{ id: string; offered: readonly string[] }>()
  const live = Promise.withResolvers<void>()
  const running = runNode({
    ...{ target, name: 'pi', paths, env: variables, clock: systemClock, prompts: noPrompts, prompt },
    ...{ machine: thisMachine(variables, home.paths), cameras, signal: end.signal },
    onStarted: ({ deviceId, offered }) => start.resolve({ id: deviceId, offered }),
    onView: ({ phase }) => phase === 'live' && live.resolve(),
    onNews: (piece) => news.push(piece),
  })
  await Promise.race([live.promise, running])
  const { id, offered } = await start.promise
  const stop = async () => {
    end.abort()
    await running
  }
  return { id, offered, news, stop }
}

let keys = 0

async function ask(admin: RawClient, nodeId: string, command: string, params: unknown, more: object) {
  const answer = await admin.request('node.invoke', {
    ...{ nodeId, command, params, timeoutMs: 20_000, idempotencyKey: `k${++keys}`, ...more },
  })
  const { payload } = (answer.payload ?? {}) as { payload?: unknown }
  return { payload, error: answer.error?.message, details: answer.error?.details }
}
