/** The tool `node_run`: a program on one of the owner's other machines, as far as both machines' policies and people allow. */

import * as z from 'zod'
import { isRecord } from '../../../shared/std/json.ts'
import { shellWords } from '../../../shared/std/shell-words.ts'
import { defineTool, type ToolContext, type ToolOutcome, textOutcome } from '../tool.ts'
import { callOf, failureOf, type NodeParts, nodeCalled } from './parts.ts'

/** Output given to the model, as with `exec`, and what a screen follows. */
const keepChars = 48 * 1024
const liveChars = 16 * 1024

const word = z.string().max(128 * 1024)
// Open towards the model: what it adds on its own, such as `approved: true`, is dropped (EX2).
const params = z.object({
  node: z.string().min(1).max(256).describe('Its name, as node_list has it.'),
  argv: z.array(word).min(1).max(4096).describe('Program and arguments, no shell.'),
  cwd: word.optional().describe('Folder on the node; default is its home.'),
  timeoutMs: z.int().min(100).max(3_600_000).optional(),
})

export function nodeRunTool(parts: NodeParts) {
  return defineTool({
    name: 'node_run',
    description:
      'Runs a program on a node, never on the gateway host, and returns its output. The owner may be asked first.',
    params,
    risk: 'exec',
    run: (asked, context) => run(parts, asked, context),
  })
}

async function run(parts: NodeParts, asked: z.output<typeof params>, context: ToolContext): Promise<ToolOutcome> {
  const node = nodeCalled(asked.node, parts)
  if (typeof node === 'string') return textOutcome(node, { status: 'failed', exitCode: null }, true)
  const { argv, cwd, timeoutMs } = asked
  const details = { where: `node ${node.displayName ?? node.nodeId}`, command: shellWords(argv), ...(cwd && { cwd }) }
  context.onUpdate({ text: '', details })
  const onPhase = (phase: 'approval' | 'running') => context.onUpdate({ text: '', details: { ...details, phase } })
  let live = ''
  const onProgress = ({ chunk: piece }: { chunk: string }) => {
    live = (live + piece).slice(-liveChars)
    context.onUpdate({ text: live, details: { ...details, phase: 'running' } })
  }
  const { sessionKey, agentId } = context
  const request = {
    nodeId: node.nodeId,
    argv,
    cwd,
    timeoutMs,
    sessionKey,
    agentId,
    isApprover: false,
    onProgress,
    onPhase,
  }
  try {
    const { payload } = await parts.run({ ...request, ...callOf(context) })
    return outcomeOf(payload, details)
  } catch (error) {
    return failureOf(error, details, context)
  }
}

function outcomeOf(payload: unknown, details: Record<string, unknown>): ToolOutcome {
  const ran = isRecord(payload) ? payload : {}
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const exitCode = typeof ran.exitCode === 'number' ? ran.exitCode : null
  const isOk = exitCode === 0 && ran.timedOut !== true
  const ending =
    ran.timedOut === true ? '(stopped after its time limit)' : isOk ? '' : `(exit code ${exitCode ?? 'unknown'})`
  const parts = [text(ran.stdout), text(ran.stderr), text(ran.error), ending].map((part) => part.trimEnd())
  const whole = parts.filter((part) => part !== '').join('\n')
  const status = ran.timedOut === true ? 'timeout' : isOk ? 'completed' : 'failed'
  return textOutcome(cut(whole) || '(no output)', { ...details, exitCode, status }, !isOk)
}

/** The middle is what is least worth reading. */
function cut(text: string): string {
  if (text.length <= keepChars) return text
  const half = keepChars / 2
  const left = text.length - keepChars
  return `${text.slice(0, half)}\n[… ${left} characters left out here …]\n${text.slice(-half)}`.toWellFormed()
}
