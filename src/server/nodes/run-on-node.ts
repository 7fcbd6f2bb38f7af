/**
 * A program on a node, as far as this gateway's policy and a person allow. What is approved is what is asked for: words,
 * folder, environment, node; and, where the node can look first, the very file (EX1). The node has its own policy besides.
 */

import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import * as z from 'zod'
import type { ApprovalStore } from '../../exec/allowed-commands.ts'
import type { ExecMode } from '../../exec/policy.ts'
import { readAs } from '../../shared/std/read-as.ts'
import { shellWord, shellWords } from '../../shared/std/shell-words.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import type { Approvals } from '../tools/exec/approvals.ts'
import type { NodeCalls } from './calls.ts'
import { defaultInvokeMs, type NodeAnswer, type ProgressPiece } from './invocations.ts'
import type { NodeRoster } from './roster.ts'

export type RunParts = {
  roster: NodeRoster
  calls: NodeCalls
  approvals: Approvals
  /** `tools.exec.security`, asked each time. */
  mode(): ExecMode
  store: ApprovalStore
  now(): number
}

export type RunRequest = {
  nodeId: string
  argv: readonly string[]
  cwd?: string | undefined
  env?: Readonly<Record<string, string>> | undefined
  /** Of the command itself. */
  timeoutMs?: number | undefined
  idempotencyKey: string
  by: string
  /** Who asks is one of those who would be asked. */
  isApprover: boolean
  sessionKey?: string | undefined
  agentId?: string | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((piece: ProgressPiece) => void) | undefined
  /** `running` is told before the node is asked to run anything. */
  onPhase?: ((phase: 'approval' | 'running') => void) | undefined
}

/** What a caller may say of a run. Anything else, `approved` above all, is not passed on (EX2). */
export const runParams = z.object({
  command: z
    .array(z.string().max(128 * 1024))
    .min(1)
    .max(4096),
  cwd: z.string().max(4096).nullish(),
  env: z.record(z.string().max(256), z.string().max(32 * 1024)).nullish(),
  timeoutMs: z.int().min(1).max(3_600_000).nullish(),
  agentId: z.string().max(64).nullish(),
  sessionKey: z.string().max(512).nullish(),
})

/** A plan as nodes answer `system.run.prepare`. `program`, `binding` and `lasting` are those of our own node. */
const plan = z.looseObject({
  argv: z.array(z.string()),
  cwd: z.string().nullish(),
  program: z.looseObject({ path: z.string().max(4096) }).optional(),
  /** Of everything the run depends on; the node refuses to run anything else under this plan. */
  binding: z.string().max(256).optional(),
  /** The same without what differs from time to time; absent when "always" cannot be kept. */
  lasting: z.string().max(256).optional(),
})
type Plan = z.infer<typeof plan>

/** Longer than the command itself may take: the person of the node may be asked first, for up to two minutes. */
const marginMs = 125_000

/** Rejects with a `CallError`. */
export async function runOnNode(parts: RunParts, request: RunRequest): Promise<NodeAnswer> {
  const { nodeId, argv, cwd, env } = request
  const of = ['system.run', nodeId, argv, cwd, env]
  return await parts.calls.once(request, of, (signal) => run(parts, { ...request, signal }))
}

async function run(parts: RunParts, request: RunRequest): Promise<NodeAnswer> {
  const { roster, calls } = parts
  const { nodeId, argv, cwd, env, timeoutMs, agentId, sessionKey } = request
  if (parts.mode() === 'deny') throw denied('this gateway is set to run no commands (tools.exec.security is deny)')
  const refused = roster.refusal(nodeId, 'system.run')
  if (refused) throw refused
  const isAllowed = parts.mode() === 'full' || request.isApprover
  const planned = isAllowed ? undefined : await prepare(parts, request)
  if (!isAllowed) await obtain(parts, request, planned)
  const folder = planned ? planned.cwd : cwd
  const params = {
    command: [...(planned?.argv ?? argv)],
    ...(planned && { systemRunPlan: planned, rawCommand: planned.commandText }),
    ...(typeof folder === 'string' && { cwd: folder }),
    ...(env && { env }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(agentId !== undefined && { agentId }),
    ...(sessionKey !== undefined && { sessionKey }),
    // A node that looks ahead believes an approval only together with its plan; without one its own policy decides.
    ...((planned || !looksAhead(parts, nodeId)) && { approved: true, approvalDecision: 'allow-once' }),
  }
  request.onPhase?.('running')
  const limitMs = (timeoutMs ?? defaultInvokeMs) + marginMs
  return await calls.ask({ ...request, command: 'system.run', params, timeoutMs: limitMs })
}

function looksAhead({ roster }: RunParts, nodeId: string): boolean {
  return roster.refusal(nodeId, 'system.run.prepare') === undefined
}

/** Undefined when the node does not look ahead. */
async function prepare(parts: RunParts, request: RunRequest): Promise<Plan | undefined> {
  const { argv, cwd, env, nodeId, agentId, sessionKey } = request
  if (!looksAhead(parts, nodeId)) return undefined
  const params = { command: [...argv], cwd, env, agentId, sessionKey }
  const { payload } = await parts.calls.ask({
    ...{ ...request, command: 'system.run.prepare', params, timeoutMs: defaultInvokeMs },
  })
  const parsed = readAs(z.looseObject({ plan }), payload)
  if (!parsed.success) throw new CallError('UNAVAILABLE', 'the node answered system.run.prepare with something else')
  if (isSame(argv, parsed.data.plan.argv)) return parsed.data.plan
  throw new CallError('UNAVAILABLE', 'the node would run other words than it was asked to')
}

/** The same words, of which the first may have become the path of the program. */
function isSame([program = '', ...words]: readonly string[], [planned = '', ...others]: readonly string[]): boolean {
  const isProgram = planned === program || (planned.startsWith('/') && basename(planned) === basename(program))
  return isProgram && words.join('\0') === others.join('\0')
}

/** Rejects when nobody allowed it. */
async function obtain(parts: RunParts, request: RunRequest, planned: Plan | undefined): Promise<void> {
  const { approvals, store, roster } = parts
  const { nodeId, argv, cwd, env, sessionKey = null, agentId = null } = request
  const digest = planned?.lasting && createHash('sha256').update(`${nodeId} ${planned.lasting}`).digest('hex')
  if (digest && store.has(digest)) return
  const where = `node ${roster.nameOf(nodeId)}`
  const command = commandText(planned?.argv ?? argv, env)
  const folder = planned?.cwd ?? cwd ?? null
  const resolvedPath = planned?.program?.path ?? null
  const ask = { command, cwd: folder, host: 'node', where, resolvedPath, sessionKey, agentId }
  request.onPhase?.('approval')
  const answer = await approvals.ask(ask, request.signal ?? new AbortController().signal)
  if (answer.decision === 'deny') {
    throw denied(answer.reason === 'answered' ? 'it was denied' : `nobody allowed it (${answer.reason})`)
  }
  if (answer.decision === 'allow-always' && digest) {
    const entry = { digest, command, program: `${where}: ${resolvedPath ?? argv[0]}`, cwd: folder ?? '' }
    await store.remember({ ...entry, allowedBy: answer.by, allowedAtMs: parts.now() }).catch(() => {}) // it runs this once
  }
}

/** Everything that decides what happens, as the approver reads it. */
function commandText(argv: readonly string[], env: RunRequest['env'] = {}): string {
  const set = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)} `)
  return `${set.join('')}${shellWords(argv)}`
}

function denied(why: string): CallError {
  return invalidRequest(`the command was not run: ${why}`, { code: 'DENIED', reason: why })
}
