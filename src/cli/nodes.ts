/** `clawdbot nodes`: devices that run commands for the gateway. */

import { formatDuration } from '../shared/std/duration.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { columns } from './style.ts'

export const nodesList = defineCommand({
  name: 'nodes list',
  about: 'nodes approved and waiting for approval',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const { pending, paired } = await call('node.pair.list', {})
      if (flags.json) {
        printJson(invocation, { pending, paired })
        return 0
      }
      const ago = (at: number) => `${formatDuration(clock.now() - at)} ago`
      out(`Pending: ${pending.length} · Paired: ${paired.length}\n`)
      const waiting = pending.map((node) => [node.requestId, node.displayName ?? node.nodeId, ago(node.ts)])
      if (waiting.length > 0) out(`\n${columns(['Request', 'Node', 'Requested'], waiting)}`)
      const known = paired.map((node) => [node.displayName ?? node.nodeId, node.nodeId, ago(node.approvedAtMs)])
      if (known.length > 0) out(`\n${columns(['Node', 'ID', 'Approved'], known)}`)
      return 0
    })
  },
})

export const nodesStatus = defineCommand({
  name: 'nodes status',
  about: 'known nodes and whether they are connected',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const list = await call('node.list', {})
      if (flags.json) {
        printJson(invocation, list)
        return 0
      }
      const count = (key: 'paired' | 'connected') => list.nodes.filter((node) => node[key]).length
      out(`Known: ${list.nodes.length} · Paired: ${count('paired')} · Connected: ${count('connected')}\n`)
      const rows = list.nodes.map((node) => [
        node.displayName ?? node.nodeId,
        node.platform ?? '',
        [node.paired ? 'paired' : 'not paired', node.connected ? 'connected' : 'away'].join(' · '),
        node.caps.join(', '),
      ])
      if (rows.length > 0) out(`\n${columns(['Node', 'Platform', 'Status', 'Caps'], rows)}`)
      return 0
    })
  },
})
