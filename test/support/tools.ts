/** The gateway's tools over temporary folders, with a person who answers approvals as the test says. */

import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus, type News } from '../../src/server/bus.ts'
import { type ExecConfig, openTools, type ToolsParts } from '../../src/server/tools/open.ts'
import type { ToolContext, ToolOutcome } from '../../src/server/tools/tool.ts'
import type { PendingApproval } from '../../src/shared/protocol/exec.ts'
import { type Clock, systemClock } from '../../src/shared/std/clock.ts'
import { testNodes } from './nodes.ts'

export type TestToolsOptions = {
  exec?: Partial<ExecConfig>
  environment?: ToolsParts['environment']
  clock?: Clock
  /** The person's answer; undefined leaves the question open. */
  answer?(asked: PendingApproval): string | undefined | Promise<string | undefined>
}

export async function openTestTools(options: TestToolsOptions = {}) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'clawdbot-tools-')))
  const stateDir = join(folder, 'state')
  const workspace = join(folder, 'desk')
  await mkdir(stateDir, { mode: 0o700 })
  const news: News[] = []
  const bugs: unknown[] = []
  const bus = createBus((error) => bugs.push(error))
  const exec: ExecConfig = { security: 'ask', allowlist: [], timeoutMs: 20_000, env: [], ...options.exec }
  const environment: Record<string, string | undefined> = { ...(options.environment ?? process.env) }
  const nodes = testNodes({ bus, clock: options.clock ?? systemClock })
  const open = () =>
    openTools({
      bus,
      clock: options.clock ?? systemClock,
      hostName: 'testhost',
      stateDir,
      configPath: join(stateDir, 'clawdbot.json'),
      environment,
      hasChats: () => true,
      sendFile: async () => ({ channel: 'none', chat: '1' }),
      exec: () => exec,
      nodes,
      onBug: (error) => bugs.push(error),
    })
  const tools = await open()
  bus.subscribe((piece) => {
    news.push(piece)
    if (piece.type !== 'wire' || piece.event !== 'exec.approval.requested') return
    const { payload } = piece
    void Promise.resolve(options.answer?.(payload)).then((decision) => {
      if (decision !== undefined) tools.approvals.resolve(payload.id, decision, 'tester')
    })
  })
  const updates: Parameters<ToolContext['onUpdate']>[0][] = []
  const context = (given: Partial<ToolContext> = {}): ToolContext => ({
    runId: 'run-1',
    sessionKey: 'agent:main:main',
    agentId: 'main',
    toolCallId: 'call-1',
    workspace,
    signal: new AbortController().signal,
    onUpdate: (update) => void updates.push(update),
    ...given,
  })
  return {
    ...tools,
    nodes,
    folder,
    stateDir,
    workspace,
    bus,
    news,
    bugs,
    updates,
    exec,
    environment,
    context,
    /** Another set of tools over the same folders, as after a restart. */
    open,
    run: (name: string, args: Record<string, unknown>, given?: Partial<ToolContext>): Promise<ToolOutcome> =>
      tools.toolbox.run({ id: 'call-1', name, arguments: args }, context(given)),
    asked: (): PendingApproval[] =>
      news.flatMap((piece) =>
        piece.type === 'wire' && piece.event === 'exec.approval.requested' ? [piece.payload] : [],
      ),
    async [Symbol.asyncDispose]() {
      await tools[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function textOf(outcome: ToolOutcome): string {
  return outcome.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
