/** What the tools for nodes share: finding one by its name, and telling a failure in words. */

import type { ToolDetails } from '../../../shared/model/message.ts'
import type { NodeRow } from '../../../shared/protocol/nodes.ts'
import { CallError } from '../../gateway/call-error.ts'
import type { NodeAnswer } from '../../nodes/invocations.ts'
import type { Nodes } from '../../nodes/nodes.ts'
import type { RunRequest } from '../../nodes/run-on-node.ts'
import type { Approvals } from '../exec/approvals.ts'
import { type ToolContext, type ToolOutcome, textOutcome } from '../tool.ts'

export type NodeParts = Pick<Nodes, 'roster' | 'calls'> & {
  run(request: RunRequest): Promise<NodeAnswer>
  approvals: Approvals
  /** Everything runs unasked. */
  isFull(): boolean
}

/** By name whatever its case, or by id; what else there is otherwise. */
export function nodeCalled(name: string, { roster }: NodeParts): NodeRow | string {
  const all = roster.list()
  const found = all.filter((node) => node.displayName?.toLowerCase() === name.toLowerCase() || node.nodeId === name)
  const [node, other] = found
  if (node && !other) return node
  const names = all.map(({ displayName, nodeId }) => (other ? nodeId : displayName)).join(', ') || 'none'
  return `${other ? `Several nodes are called "${name}"; give an id` : `There is no node "${name}"`}. Nodes: ${names}.`
}

/** The same call of the model is the same call of the node. */
export function callOf({ runId, toolCallId, agentId, signal }: ToolContext) {
  return { idempotencyKey: `${runId}/${toolCallId}`, by: `agent ${agentId}`, signal }
}

/** What went wrong, as an outcome; anything but the node's or the gateway's own words is a bug and goes on. */
export function failureOf(error: unknown, details: ToolDetails, { signal }: ToolContext): ToolOutcome {
  if (!(error instanceof CallError)) throw error
  const { details: facts } = error.options
  const isDenied = facts?.code === 'DENIED' || /_DENIED$/.test(String(facts?.code))
  const status = signal.aborted ? 'aborted' : isDenied ? 'denied' : 'failed'
  const reason = typeof facts?.reason === 'string' && !isDenied ? ` (${facts.reason})` : ''
  return textOutcome(`${error.message}${reason}.`, { ...details, status, exitCode: null }, true)
}
