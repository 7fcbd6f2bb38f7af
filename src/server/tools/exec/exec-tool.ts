/** The tool `exec`: one command on the gateway's machine, run only as far as the policy and a person allow. */

import * as z from 'zod'
import type { ApprovalStore } from '../../../exec/allowed-commands.ts'
import { type Command, type CommandRequest, lastingDigest, Permit, prepareCommand } from '../../../exec/command.ts'
import { canBeRemembered, decide, type ExecPolicy } from '../../../exec/policy.ts'
import type { Spawner, SpawnResult } from '../../../exec/spawn.ts'
import type { ToolDetails } from '../../../shared/model/message.ts'
import type { Clock } from '../../../shared/std/clock.ts'
import { shellWords } from '../../../shared/std/shell-words.ts'
import { defineTool, type ToolContext, type ToolOutcome, textOutcome } from '../tool.ts'
import type { Answer, Approvals } from './approvals.ts'

export type ExecParts = {
  approvals: Approvals
  store: ApprovalStore
  spawner: Spawner
  clock: Clock
  /** Asked for each command, and again before it starts, so that a changed configuration counts at once. */
  settings(context: ToolContext): Promise<ExecSettings>
  /** Name of this machine. */
  hostName: string
}

export type ExecSettings = {
  policy: ExecPolicy
  /** The environment of commands; see `childEnvironment`. */
  env: Record<string, string>
  /** Longest a command may take; the model can only shorten it. */
  timeoutMs: number
}

/** Output given to the model; a screenful of pages. The rest is cut out of the middle. */
const keepBytes = 48 * 1024
/** An approval is used at once or not at all. */
const permitMs = 10_000
const maxCommandLength = 128 * 1024

const noNul = (text: string) => !text.includes('\0')
const word = z.string().max(maxCommandLength).refine(noNul, 'must not contain NUL')

// Open towards the model: what it adds on its own, such as `approved: true`, is dropped (requirement EX2).
const params = z
  .object({
    command: word.optional().describe('A command line, e.g. `ls -l`.'),
    argv: z.array(word).min(1).max(4096).optional().describe('Instead of command: program and arguments, no shell.'),
    cwd: word.optional().describe('Folder; default is the workspace.'),
    timeoutMs: z.int().min(100).optional(),
  })
  .refine(({ command, argv }) => (command === undefined) !== (argv === undefined), 'give either command or argv')

export function execTool(parts: ExecParts) {
  return defineTool({
    name: 'exec',
    description:
      'Runs a command on the gateway host and returns its output. The owner may be asked first. ' +
      'Processes left in the background end with the command.',
    params,
    risk: 'exec',
    run: ({ timeoutMs, ...request }, context) => runCommand(parts, request, timeoutMs, context),
  })
}

async function runCommand(
  parts: ExecParts,
  request: CommandRequest,
  askedTimeoutMs: number | undefined,
  context: ToolContext,
): Promise<ToolOutcome> {
  const where = `gateway ${parts.hostName}`
  const { policy, env, timeoutMs: longestMs } = await parts.settings(context)
  const prepared = await prepareCommand(request, { ...context, env })
  if (prepared.kind === 'impossible') {
    const command = request.command ?? shellWords(request.argv ?? [])
    return textOutcome(prepared.reason, { where, status: 'failed', command, exitCode: null, didRun: false }, true)
  }
  const { command } = prepared
  const details: ToolDetails = { where, command: command.text, cwd: command.cwd }
  const permission = await obtainPermission(parts, policy, command, details, context)
  const facts = { ...details, ...permission.facts }
  if (permission.kind === 'refused') return refused(permission.why, facts, context)
  // Looked up anew: what was approved a minute ago must still be what would run now.
  const again = await prepareCommand(request, { ...context, env: (await parts.settings(context)).env })
  const check = again.kind === 'ready' ? permission.permit.redeem(again.command, parts.clock.monotonic()) : 'changed'
  if (again.kind !== 'ready' || check !== 'valid') {
    return refused(checkSentences[check === 'valid' ? 'changed' : check], facts, context)
  }
  const timeoutMs = Math.min(askedTimeoutMs ?? longestMs, longestMs)
  const tell = (text: string) => context.onUpdate({ text, details: { ...facts, phase: 'running' } })
  tell('')
  const { signal } = context
  const result = await parts.spawner.run({ command: again.command, timeoutMs, keepBytes, signal, onOutput: tell })
  return outcomeOf(result, facts, timeoutMs)
}

function refused(why: string, details: ToolDetails, { signal }: ToolContext): ToolOutcome {
  const status = signal.aborted ? 'aborted' : 'denied'
  return textOutcome(`The command was not run: ${why}`, { ...details, status, exitCode: null, didRun: false }, true)
}

const checkSentences = {
  changed: 'the program, a script, the folder or the environment changed after it was approved.',
  expired: 'the approval came too long ago.',
  used: 'the approval was already used.',
}

type Permission =
  | { kind: 'granted'; permit: Permit; facts: Record<string, unknown> }
  | { kind: 'refused'; why: string; facts: Record<string, unknown> }

async function obtainPermission(
  parts: ExecParts,
  policy: ExecPolicy,
  command: Command,
  details: ToolDetails,
  context: ToolContext,
): Promise<Permission> {
  const verdict = decide(policy, command, parts.store.has(lastingDigest(command)))
  if (verdict.kind === 'deny') return { kind: 'refused', why: `${verdict.why}.`, facts: {} }
  const grant = (facts: Record<string, unknown>): Permission => {
    const permit = new Permit(command, parts.clock.monotonic() + permitMs)
    return { kind: 'granted', permit, facts }
  }
  if (verdict.kind === 'allow') return grant({ allowedBecause: verdict.because })
  context.onUpdate({ text: '', details: { ...details, phase: 'approval' } })
  const rememberable = canBeRemembered(policy, command)
  const answer = await parts.approvals.ask(
    {
      command: command.text,
      cwd: command.cwd,
      host: 'gateway',
      security: policy.mode,
      ask: 'always',
      agentId: context.agentId,
      resolvedPath: command.program.path,
      sessionKey: context.sessionKey,
      where: details.where ?? null,
      why: verdict.why,
      rememberable,
      toolCallId: context.toolCallId,
    },
    context.signal,
  )
  const facts = { decision: answer.decision, approvedBy: answer.by }
  if (answer.decision === 'deny') return { kind: 'refused', why: refusal(answer), facts }
  if (answer.decision === 'allow-once') return grant(facts)
  return grant({ ...facts, remembered: rememberable && (await remember(parts, command, answer)) })
}

function refusal({ reason, by }: Answer): string {
  switch (reason) {
    case 'answered':
      return `${by ?? 'the owner'} denied it. Do not try it again unless asked to.`
    case 'expired':
      return 'nobody approved it in time.'
    case 'withdrawn':
      return 'the run was stopped while it waited for approval.'
    case 'stopped':
      return 'the gateway stopped while it waited for approval.'
    case 'crowded':
      return 'too many commands are waiting for approval already.'
  }
}

/** False when it could not be stored: the command still runs this once, as the approver wanted at least that. */
async function remember({ store, clock }: ExecParts, command: Command, { by }: Answer): Promise<boolean> {
  const entry = { command: command.text, program: command.program.path, cwd: command.cwd, allowedBy: by }
  return await store.remember({ ...entry, digest: lastingDigest(command), allowedAtMs: clock.now() }).then(
    () => true,
    () => false,
  )
}

function outcomeOf(result: SpawnResult, base: ToolDetails, timeoutMs: number): ToolOutcome {
  const { ended, exitCode, exitSignal, durationMs, omittedBytes } = result
  const facts = {
    exitCode,
    durationMs,
    truncated: omittedBytes > 0,
    ...(exitSignal && { exitSignal }),
    ...(ended === 'not-started' && { didRun: false as const }),
  }
  const isOk = ended === 'exited' && exitCode === 0
  const status = ended === 'timeout' || ended === 'aborted' ? ended : isOk ? 'completed' : 'failed'
  const text = [result.text.trimEnd(), ending(result, timeoutMs)].filter((part) => part !== '').join('\n')
  return textOutcome(text === '' ? '(no output)' : text, { ...base, ...facts, status }, !isOk)
}

function ending({ ended, exitCode, exitSignal }: SpawnResult, timeoutMs: number): string {
  switch (ended) {
    case 'timeout':
      return `(stopped after its time limit of ${timeoutMs} ms)`
    case 'aborted':
      return '(stopped before it ended)'
    case 'not-started':
      return '(the system could not start it)'
    case 'exited':
      return exitCode === 0 ? '' : exitSignal ? `(ended by ${exitSignal})` : `(exit code ${exitCode})`
  }
}
