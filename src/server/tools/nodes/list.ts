/** The tool `node_list`: the owner's other machines. */

import * as z from 'zod'
import { defineTool, textOutcome } from '../tool.ts'
import type { NodeParts } from './parts.ts'

export function nodeListTool({ roster }: NodeParts) {
  return defineTool({
    name: 'node_list',
    description: "Lists the owner's other machines (nodes), whether each is connected, and what it can be asked.",
    params: z.object({}),
    risk: 'read',
    run: async () => {
      const lines = roster.list().map(({ displayName, nodeId, platform = 'unknown', connected, commands }) => {
        const can = commands.length > 0 ? commands.join(', ') : 'nothing approved'
        return `${displayName ?? nodeId} (${platform}, ${connected ? 'connected' : 'away'}): ${can}`
      })
      return textOutcome(lines.join('\n') || 'There are no nodes.', { status: 'completed' })
    },
  })
}
