/** `clawdbot nodes approve|reject|rename|remove`: who may be a node, what it may be asked, and what it is called. */

import { fingerprintOf, nodeName, type WaitingRequest, waitingRequests } from '../client/node-words.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { type Gateway, printJson, withGateway } from './gateway-call.ts'
import { nodeNamed } from './node-named.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

export const nodesApprove = defineCommand({
  name: 'nodes approve',
  about: 'allow what waits: a node to connect, or to be asked its commands; each is a step of its own',
  args: '<request id or node>',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, args } = invocation
    const word = oneWord('approve', args)
    return await withGateway(invocation, async (gateway) => {
      const request = await waitingNamed(word, 'nodes approve', gateway)
      const { requestId } = request
      const isDevice = request.kind === 'device'
      const answer = isDevice
        ? await gateway.call('device.pair.approve', { requestId })
        : await gateway.call('node.pair.approve', { requestId })
      if (flags.json) printJson(invocation, { approved: request, ...(isDevice ? {} : answer) })
      else out(isDevice ? mayConnect(request) : mayBeAsked(request))
      return 0
    })
  },
})

export const nodesReject = defineCommand({
  name: 'nodes reject',
  about: 'refuse what waits',
  args: '<request id or node>',
  flags: gatewayFlags,
  async run(invocation) {
    const word = oneWord('reject', invocation.args)
    return await withGateway(invocation, async (gateway) => {
      const request = await waitingNamed(word, 'nodes reject', gateway)
      const { requestId } = request
      if (request.kind === 'device') await gateway.call('device.pair.reject', { requestId })
      else await gateway.call('node.pair.reject', { requestId })
      if (invocation.flags.json) printJson(invocation, { rejected: request })
      else invocation.out(`✅ Rejected ${oneLine(request.name)} (${fingerprintOf(request.nodeId)})\n`)
      return 0
    })
  },
})

export const nodesRename = defineCommand({
  name: 'nodes rename',
  about: 'the name shown wherever the node acts',
  args: '<node> <name>',
  flags: gatewayFlags,
  async run(invocation) {
    const [word, ...name] = invocation.args
    if (word === undefined || name.join('').trim() === '')
      throw usage('nodes rename needs a node and a name', 'nodes rename')
    return await withGateway(invocation, async ({ call }) => {
      const { nodeId } = nodeNamed(word, (await call('node.list', {})).nodes, 'nodes rename')
      const answer = await call('node.rename', { nodeId, displayName: name.join(' ') })
      if (invocation.flags.json) printJson(invocation, answer)
      else invocation.out(`✅ ${fingerprintOf(nodeId)} is called ${oneLine(answer.displayName)}\n`)
      return 0
    })
  },
})

export const nodesRemove = defineCommand({
  name: 'nodes remove',
  about: 'end its connection and forget it; to come back it has to be approved again',
  args: '<node>',
  flags: gatewayFlags,
  async run(invocation) {
    const word = oneWord('remove', invocation.args)
    return await withGateway(invocation, async ({ call }) => {
      const node = nodeNamed(word, (await call('node.list', {})).nodes, 'nodes remove')
      const answer = await call('node.pair.remove', { nodeId: node.nodeId })
      if (invocation.flags.json) printJson(invocation, answer)
      else invocation.out(`✅ Removed ${oneLine(nodeName(node))} (${fingerprintOf(node.nodeId)})\n`)
      return 0
    })
  },
})

function mayConnect({ name, nodeId }: WaitingRequest): string {
  const fingerprint = fingerprintOf(nodeId)
  return (
    `✅ ${oneLine(name)} (${fingerprint}) may connect\n` +
    `   It is asked nothing yet. Once it is here: clawdbot nodes approve ${fingerprint}\n`
  )
}

function mayBeAsked({ name, nodeId, wants }: WaitingRequest): string {
  return `✅ ${oneLine(name)} (${fingerprintOf(nodeId)}) may be asked: ${oneLine(wants)}\n`
}

async function waitingNamed(word: string, command: string, { call }: Gateway): Promise<WaitingRequest> {
  const devices = await call('device.pair.list', {})
  const nodes = await call('node.pair.list', {})
  const waiting = waitingRequests(devices.pending, nodes.pending)
  const byId = waiting.find(({ requestId }) => requestId === word)
  if (byId) return byId
  if (waiting.length === 0) throw usage('No node waits for approval', command)
  const named = waiting.map((request) => ({ ...request, displayName: request.name, remoteIp: request.address }))
  return nodeNamed(word, named, command)
}

function oneWord(verb: string, [word, ...rest]: readonly string[]): string {
  if (word !== undefined && rest.length === 0) return word
  throw usage(`nodes ${verb} needs exactly one; nodes list shows them`, `nodes ${verb}`)
}
