/**
 * `system.run` and `system.run.prepare`: a program on this machine, as far as its own policy and its own person allow.
 * Nothing a gateway says of approvals counts here; a plan only narrows what may run to what was looked at (EX1, EX2).
 */

import { join } from 'node:path'
import * as z from 'zod'
import type { ApprovalStore } from '../../exec/allowed-commands.ts'
import { bindingDigest, type Command, lastingDigest, Permit, prepareCommand } from '../../exec/command.ts'
import { childEnvironment } from '../../exec/env.ts'
import { canBeRemembered, decide, type ExecMode, type ExecPolicy } from '../../exec/policy.ts'
import type { Spawner, SpawnResult } from '../../exec/spawn.ts'
import type { ExecDecision } from '../../shared/protocol/exec.ts'
import { shellWord } from '../../shared/std/shell-words.ts'
import type { AskOutcome, NodeAsk, NodeAsks } from '../asks.ts'
import { type Ability, defineNodeCommand, type InvokeContext, type NodeCommand, Refusal } from '../node-command.ts'
import { type NodePolicy, readPolicy, rulesOf } from '../policy-file.ts'

export type RunParts = {
  nodeDir: string
  /** Folders and files of ours, which no listed command may be pointed at. */
  protectedPaths: readonly string[]
  asks: NodeAsks
  store: ApprovalStore
  spawner: Spawner
  /** Asks the person in front of this process. */
  prompt?: ((ask: NodeAsk, signal: AbortSignal) => Promise<ExecDecision | undefined>) | undefined
}

/** Section 7.11: each stream is capped. */
const keepBytes = 200_000
/** An approval is used at once or not at all. */
const permitMs = 10_000
const defaultRunMs = 30_000

const word = z
  .string()
  .max(128 * 1024)
  .refine((text) => !text.includes('\0'), 'must not contain NUL')
const nullish = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const what = z.object({
  command: z.array(word).min(1).max(4096),
  cwd: nullish(word),
  env: nullish(z.record(z.string().max(256), word)),
  sessionKey: nullish(z.string().max(512)),
})
type What = z.output<typeof what>

const runParams = what.extend({
  timeoutMs: nullish(z.int().min(1).max(3_600_000)),
  systemRunPlan: nullish(z.looseObject({ binding: z.string().optional() })),
})

/** Where there is no /proc, what leaves its process group is not found again. */
async function look(): Promise<Ability> {
  return process.platform === 'win32'
    ? { kind: 'unable', why: 'process groups work differently there', remedy: 'Run the node on Linux or macOS.' }
    : { kind: 'able', detail: 'programs of this account' }
}

export function runCommands(parts: RunParts): readonly NodeCommand[] {
  return [
    defineNodeCommand({
      ...{ name: 'system.run', cap: 'system', params: runParams, look },
      run: (params, context) => run(parts, params, context),
    }),
    defineNodeCommand({
      ...{ name: 'system.run.prepare', cap: 'system', params: what, look },
      run: async (params, context) => ({
        plan: planOf(await lookAt(params, context, await readPolicy(parts.nodeDir)), parts),
      }),
    }),
  ]
}

async function run(parts: RunParts, params: z.output<typeof runParams>, context: InvokeContext) {
  const policy = await readPolicy(parts.nodeDir)
  const command = await lookAt(params, context, policy)
  const binding = params.systemRunPlan?.binding
  if (binding !== undefined && binding !== bindingDigest(command)) throw changed('since it was prepared')
  const permit = await permission(parts, policy, command, context)
  // Looked up anew: what was allowed must still be what would run now, under the policy of now.
  const now = await readPolicy(parts.nodeDir)
  if (now.security === 'deny') throw denied('this node is set to run no commands')
  if (permit.redeem(await lookAt(params, context, now), context.clock.monotonic()) !== 'valid')
    throw changed('since it was allowed')
  const { signal } = context
  const timeoutMs = Math.min(params.timeoutMs ?? defaultRunMs, context.timeoutMs)
  const result = await parts.spawner.run({
    ...{ command, timeoutMs, keepBytes, signal, isApart: true },
    onPiece: (text, stream) => context.onPiece(text, stream),
  })
  return resultOf(result)
}

/** Rejects where there is no such program or folder, and for variables that may not be set here. */
async function lookAt(params: What, { machine }: InvokeContext, policy: NodePolicy): Promise<Command> {
  const env = { ...childEnvironment(machine.env, policy.env), ...allowedEnv(params.env ?? {}, policy) }
  const request = { argv: params.command, cwd: params.cwd }
  const context = { workspace: machine.home, sessionKey: params.sessionKey ?? 'node', env }
  const prepared = await prepareCommand(request, context)
  if (prepared.kind === 'ready') return prepared.command
  throw new Refusal('INVALID_REQUEST', prepared.reason)
}

/** Only what the policy here names; loaders and what looks like a secret not even then (EX5). */
function allowedEnv(given: Readonly<Record<string, string>>, policy: NodePolicy): Record<string, string> {
  const allowed = childEnvironment(given, policy.env)
  const refused = Object.keys(given).filter((name) => !policy.env.includes(name) || allowed[name] === undefined)
  if (refused.length === 0) return Object.fromEntries(Object.keys(given).map((name) => [name, allowed[name] ?? '']))
  throw new Refusal(
    'SYSTEM_RUN_DENIED',
    `this node lets nobody set ${refused.join(', ')}; its policy.json names under env what may be set`,
  )
}

async function permission(
  parts: RunParts,
  policy: NodePolicy,
  command: Command,
  { gateway, clock, signal, onAsking }: InvokeContext,
): Promise<Permit> {
  const { asks, store, prompt } = parts
  const whole = execPolicy(policy.security, parts, await rulesOf(policy))
  const verdict = decide(whole, command, store.has(lastingDigest(command)))
  const permit = () => new Permit(command, clock.monotonic() + permitMs)
  if (verdict.kind === 'allow') return permit()
  if (verdict.kind === 'deny') throw denied(verdict.why)
  const env = Object.entries(command.env).filter(([name]) => policy.env.includes(name))
  const text = `${env.map(([name, value]) => `${name}=${shellWord(value)} `).join('')}${command.text}`
  const facts = { command: text, program: command.program.path, cwd: command.cwd, gateway, why: verdict.why }
  onAsking()
  const outcome = await asks.ask(facts, signal, prompt)
  if (outcome === 'allow-always' && canBeRemembered(whole, command)) {
    const entry = { digest: lastingDigest(command), command: text, program: facts.program, cwd: facts.cwd }
    await store.remember({ ...entry, allowedBy: 'the person of this node', allowedAtMs: clock.now() }).catch(() => {}) // it runs this once
  }
  if (outcome === 'allow-once' || outcome === 'allow-always') return permit()
  throw denied(whyNot[outcome])
}

const whyNot: Record<Exclude<AskOutcome, 'allow-once' | 'allow-always'>, string> = {
  deny: 'its person said no',
  expired: 'its person did not answer in time; clawdbot node approve answers there',
  withdrawn: 'nobody waited for it any more',
  crowded: 'too many commands wait for its person already',
}

function execPolicy(
  mode: ExecMode,
  { protectedPaths, nodeDir }: RunParts,
  rules: ExecPolicy['rules'] = [],
): ExecPolicy {
  // There is no workspace: nothing on this machine is the agent's own.
  return { mode, owner: 'node', rules, protectedPaths, workspace: join(nodeDir, 'no-workspace') }
}

/** What would run, to the very file; the gateway's people are shown it, and only that then runs under this plan. */
function planOf(command: Command, parts: RunParts) {
  const { action, program, cwd } = command
  return {
    argv: action.kind === 'argv' ? action.argv : [],
    commandText: command.text,
    cwd,
    program: { path: program.path, sha256: program.sha256 },
    binding: bindingDigest(command),
    ...(canBeRemembered(execPolicy('ask', parts), command) && { lasting: lastingDigest(command) }),
  }
}

function resultOf({ ended, exitCode, exitSignal, apart, text, durationMs }: SpawnResult) {
  if (ended === 'not-started') throw new Refusal('UNAVAILABLE', `the system could not start it: ${text}`)
  const timedOut = ended === 'timeout'
  return {
    ...{ exitCode, timedOut, success: ended === 'exited' && exitCode === 0 },
    ...{ stdout: apart?.stdout ?? text, stderr: apart?.stderr ?? '' },
    error: exitSignal && !timedOut ? `ended by ${exitSignal}` : null,
    durationMs,
  }
}

function denied(why: string): Refusal {
  return new Refusal('SYSTEM_RUN_DENIED', `the node did not run it: ${why}`)
}

function changed(when: string): Refusal {
  return new Refusal('SYSTEM_RUN_DENIED', `the program, a script, the folder or the environment changed ${when}`)
}
