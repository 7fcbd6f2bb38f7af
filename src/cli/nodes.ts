/** `clawdbot nodes list|status|describe`: devices that run commands for the gateway. */

import { fingerprintOf, nodeName, standing, waitingRequests } from '../client/node-words.ts'
import type { Clock } from '../shared/std/clock.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { nodeNamed } from './node-named.ts'
import { usage } from './parse.ts'
import { columns, facts, oneLine } from './style.ts'

export const nodesList = defineCommand({
  name: 'nodes list',
  about: 'nodes waiting for approval, to connect or to be asked commands, and nodes approved',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const { pending, paired } = await call('node.pair.list', {})
      const devices = await call('device.pair.list', {})
      const waiting = waitingRequests(devices.pending, pending)
      if (flags.json) {
        printJson(invocation, { pending, paired, waiting })
        return 0
      }
      out(`Pending: ${waiting.length} · Paired: ${paired.length}\n`)
      const asking = waiting.map(({ requestId, name, nodeId, address, wants, ts }) => [
        ...[requestId, name, fingerprintOf(nodeId), address, wants, ago(ts, clock)],
      ])
      const asked = ['Request', 'Node', 'Fingerprint', 'Address', 'Wants', 'Requested']
      if (asking.length > 0) out(`\n${columns(asked, asking)}\nTo allow one: clawdbot nodes approve <request id>\n`)
      const known = paired.map((node) => [
        ...[nodeName(node), fingerprintOf(node.nodeId), (node.commands ?? []).join(', ')],
        ago(node.approvedAtMs, clock),
      ])
      if (known.length > 0) out(`\n${columns(['Node', 'Fingerprint', 'May be asked', 'Approved'], known)}`)
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
        ...[nodeName(node), fingerprintOf(node.nodeId), node.platform ?? '', standing(node), node.caps.join(', ')],
      ])
      if (rows.length > 0) out(`\n${columns(['Node', 'Fingerprint', 'Platform', 'Status', 'Caps'], rows)}`)
      return 0
    })
  },
})

export const nodesDescribe = defineCommand({
  name: 'nodes describe',
  about: 'everything known of one node',
  args: '<node>',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock, args } = invocation
    const [word, ...rest] = args
    if (word === undefined || rest.length > 0) throw usage('nodes describe needs one node', 'nodes describe')
    return await withGateway(invocation, async ({ call }) => {
      const { nodeId } = nodeNamed(word, (await call('node.list', {})).nodes, 'nodes describe')
      const node = await call('node.describe', { nodeId })
      if (flags.json) {
        printJson(invocation, node)
        return 0
      }
      const since = node.connected ? node.connectedAtMs : node.lastConnectedAtMs
      const seen = since === undefined ? undefined : ago(since, clock)
      out(`${oneLine(nodeName(node))}\n`)
      out(
        facts([
          ['Id', node.nodeId],
          ['Fingerprint', fingerprintOf(node.nodeId)],
          ['Status', standing(node)],
          [node.connected ? 'Connected' : 'Last here', seen],
          ['Platform', [node.platform, node.deviceFamily].filter(Boolean).join(' · ')],
          ['Version', node.version],
          ['Address', node.remoteIp],
          ['Caps', node.caps.join(', ')],
          ['May be asked', node.commands.join(', ') || 'nothing yet'],
          ['Waiting', node.waitingCommands?.join(', ')],
        ]),
      )
      if (node.waitingCommands) out(`To allow what waits: clawdbot nodes approve ${fingerprintOf(node.nodeId)}\n`)
      return 0
    })
  },
})

function ago(at: number, clock: Clock): string {
  return `${formatDuration(clock.now() - at)} ago`
}
