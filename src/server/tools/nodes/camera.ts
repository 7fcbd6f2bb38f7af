/** The tool `node_camera`: a still picture from a camera of one of the owner's other machines. */

import * as z from 'zod'
import { isRecord } from '../../../shared/std/json.ts'
import { defineTool, type ToolContext, type ToolOutcome, textOutcome } from '../tool.ts'
import { callOf, failureOf, type NodeParts, nodeCalled } from './parts.ts'

/** The person of the node may be asked too, for up to two minutes. */
const patienceMs = 150_000
const maxWidth = 1280

const params = z.object({
  node: z.string().min(1).max(256).describe('Its name, as node_list has it.'),
  deviceId: z.string().max(256).optional().describe('One of its cameras; the first when absent.'),
})

export function nodeCameraTool(parts: NodeParts) {
  return defineTool({
    name: 'node_camera',
    description: 'Takes one picture with a camera of a node and shows it to you. The owner may be asked first.',
    params,
    risk: 'exec',
    run: (asked, context) => snap(parts, asked, context),
  })
}

async function snap(parts: NodeParts, asked: z.output<typeof params>, context: ToolContext): Promise<ToolOutcome> {
  const node = nodeCalled(asked.node, parts)
  if (typeof node === 'string') return textOutcome(node, { status: 'failed' }, true)
  const { nodeId } = node
  const where = `node ${node.displayName ?? nodeId}`
  const command = `camera.snap${asked.deviceId === undefined ? '' : ` ${asked.deviceId}`}`
  const details = { where, command }
  const refused = parts.roster.refusal(nodeId, 'camera.snap')
  if (refused) return failureOf(refused, details, context)
  if (!parts.isFull()) {
    context.onUpdate({ text: '', details: { ...details, phase: 'approval' } })
    const { sessionKey, agentId, signal } = context
    const answer = await parts.approvals.ask({ command, where, host: 'node', sessionKey, agentId }, signal)
    if (answer.decision === 'deny') {
      const status = signal.aborted ? 'aborted' : 'denied'
      return textOutcome(
        `No picture was taken: ${answer.reason === 'answered' ? 'it was denied' : answer.reason}.`,
        { ...details, status },
        true,
      )
    }
  }
  context.onUpdate({ text: '', details: { ...details, phase: 'running' } })
  const call = { nodeId, command: 'camera.snap', params: { deviceId: asked.deviceId, maxWidth }, timeoutMs: patienceMs }
  try {
    return pictureOf((await parts.calls.invoke({ ...call, ...callOf(context) })).payload, details)
  } catch (error) {
    return failureOf(error, details, context)
  }
}

function pictureOf(payload: unknown, details: Record<string, unknown>): ToolOutcome {
  const { base64, width, height } = isRecord(payload) ? payload : {}
  if (typeof base64 !== 'string' || base64 === '') {
    return textOutcome('The node sent no picture.', { ...details, status: 'failed' }, true)
  }
  return {
    content: [
      { type: 'text', text: `A picture of ${Number(width)} × ${Number(height)} pixels.` },
      { type: 'image', data: base64, mimeType: 'image/jpeg' },
    ],
    details: { ...details, status: 'completed' },
    isError: false,
  }
}
