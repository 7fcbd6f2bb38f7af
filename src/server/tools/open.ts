/** Puts the tools together for a gateway: approvals, processes, policy from the configuration, and the toolbox. */

import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { openAllowedCommands } from '../../exec/allowed-commands.ts'
import { childEnvironment } from '../../exec/env.ts'
import { Ledger } from '../../exec/ledger.ts'
import type { ExecMode } from '../../exec/policy.ts'
import { type AllowRule, readRule } from '../../exec/rules.ts'
import { Spawner } from '../../exec/spawn.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import type { NodeAnswer } from '../nodes/invocations.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { type RunRequest, runOnNode } from '../nodes/run-on-node.ts'
import { Approvals } from './exec/approvals.ts'
import type { ExecSettings } from './exec/exec-tool.ts'
import { fileParts } from './files/parts.ts'
import { Workspace } from './files/workspace.ts'
import type { SendFile } from './messages/send-file.ts'
import { createToolbox, type Toolbox } from './pipeline.ts'
import { toolTable } from './table.ts'
import type { Tool } from './tool.ts'

/** `tools.exec` of the configuration. */
export type ExecConfig = { security: ExecMode; allowlist: readonly string[]; timeoutMs: number; env: readonly string[] }

export type ToolsParts = {
  bus: Bus
  clock: Clock
  /** Name of this machine, as people know it. */
  hostName: string
  stateDir: string
  configPath: string
  /** The gateway's own environment, of which commands get a small part. */
  environment: Readonly<Record<string, string | undefined>>
  /** Asked for each command. */
  exec(): ExecConfig
  nodes: Pick<Nodes, 'roster' | 'calls'>
  /** Whether a chat service is set up. */
  hasChats(): boolean
  sendFile: SendFile
  onBug(error: unknown): void
}

export type Tools = AsyncDisposable & {
  toolbox: Toolbox
  approvals: Approvals
  /** A program on a node, for whoever asks; rejects with a `CallError`. */
  runOnNode(request: RunRequest): Promise<NodeAnswer>
  /** The folder of an agent, and nothing else. */
  openWorkspace(folder: string): Promise<Workspace>
}

/** Ends what an earlier gateway left running, then offers the tools. Disposing it denies what waits and ends what runs. */
export async function openTools(parts: ToolsParts): Promise<Tools> {
  const { bus, clock, hostName, stateDir, configPath } = parts
  // The gateway's own entry in /proc shows its environment, secrets included, to every process of the account.
  const protectedPaths = await withRealPaths([stateDir, configPath, `/proc/${process.pid}`])
  const spawner = new Spawner({ ledger: new Ledger(join(stateDir, 'running')), clock })
  await spawner.reapLeftovers()
  const store = await openAllowedCommands(join(stateDir, 'allowed-commands.json'))
  const approvals = new Approvals({ bus, clock })
  const mode = () => parts.exec().security
  const onNode = { ...parts.nodes, approvals, store, mode, now: () => clock.now() }
  const run = (request: RunRequest) => runOnNode(onNode, request)
  const nodes = { ...parts.nodes, run, approvals, isFull: () => mode() === 'full' }
  const settings = async ({ workspace }: { workspace: string }) => execSettings(parts, protectedPaths, workspace)
  const exec = { approvals, store, spawner, clock, hostName, settings }
  const files = fileParts(hostName, protectedPaths)
  const isShut = () => parts.exec().security === 'deny'
  const refusal = (tool: Tool) => (tool.risk === 'exec' && isShut() ? noCommands : undefined)
  return {
    toolbox: createToolbox({
      ...{ tools: toolTable({ exec, files, nodes, sendFile: parts.sendFile }), refusal, onBug: parts.onBug },
      isOffered: ({ name }) => name !== 'send_file' || parts.hasChats(),
    }),
    approvals,
    runOnNode: run,
    openWorkspace: (folder) => Workspace.open(folder, protectedPaths),
    async [Symbol.asyncDispose]() {
      approvals[Symbol.dispose]()
      await spawner[Symbol.asyncDispose]()
    },
  }
}

const noCommands = 'The command was not run: this gateway is set to run none (tools.exec.security is deny).'

async function execSettings(
  parts: ToolsParts,
  protectedPaths: readonly string[],
  workspace: string,
): Promise<ExecSettings> {
  const { security, allowlist, timeoutMs, env } = parts.exec()
  await mkdir(workspace, { recursive: true, mode: 0o700 })
  const rules = await resolveRules(allowlist)
  const policy = {
    mode: security,
    owner: 'gateway' as const,
    rules,
    protectedPaths,
    workspace: await realpath(workspace),
  }
  return { policy, env: childEnvironment(parts.environment, env), timeoutMs }
}

/** A rule that cannot be read or whose program is not there covers nothing. */
async function resolveRules(texts: readonly string[]): Promise<AllowRule[]> {
  const rules: AllowRule[] = []
  for (const text of texts) {
    const reading = readRule(text)
    if (reading.kind === 'invalid') continue
    const program = await realpath(reading.rule.program).catch(() => undefined)
    if (program) rules.push({ ...reading.rule, program })
  }
  return rules
}

/** Each path as given and with its links resolved; of what is not there yet, those of its folder. */
async function withRealPaths(paths: readonly string[]): Promise<string[]> {
  const viaFolder = async (path: string) =>
    join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path))
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => viaFolder(path))))
  return [...new Set([...paths, ...real])]
}
