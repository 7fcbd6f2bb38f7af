/** `/nodes`: the machines that lend their shell or camera to the gateway, on a page, and approving what waits. */

import { fingerprintOf, nodeName, standing, type WaitingRequest } from '../../client/node-words.ts'
import type { NodeRow } from '../../shared/protocol/nodes.ts'
import { may } from '../store/rights.ts'
import { type CommandContext, defineCommand } from './command.ts'

export const nodes = defineCommand({
  name: 'nodes',
  usage: '[approve <name>]',
  about: 'Show the nodes: other machines that run commands; approve what waits',
  async run(context, rest) {
    const [verb, ...name] = rest.trim().split(/\s+/)
    if (verb === 'approve' && name.length > 0) return await approve(name.join(' '), context)
    await show(context)
  },
})

async function show({ store, intents }: CommandContext): Promise<void> {
  const open = (text: string) => store.dispatch({ type: 'overlay.opened', overlay: 'nodes', text })
  const { connection } = store.get()
  if (connection.phase !== 'live') return open('Nodes\tThere is no connection; try again when there is.')
  open('Nodes\tLoading…')
  const text = await intents
    .nodes(may(connection, 'pairing'))
    .then(nodesText, (error: Error) => `Nodes\t${error.message}`)
  if (store.get().overlay?.kind === 'nodes') open(text)
}

async function approve(name: string, context: CommandContext): Promise<void> {
  const { intents, notifier } = context
  try {
    const { waiting } = await intents.nodes(true)
    const found = waiting.filter((request) => isCalled(request, name))
    const [request, other] = found
    if (!request) return notifier.say('warning', `No node ${JSON.stringify(name)} waits; /nodes shows those that do.`)
    if (other) return notifier.say('warning', `${found.length} are called so: give the fingerprint that /nodes shows.`)
    await intents.approveNode(request)
    const now = request.kind === 'device' ? 'may connect, and is asked nothing yet' : `may be asked: ${request.wants}`
    notifier.say('success', `${request.name} ${now}.`)
  } catch (error) {
    notifier.say('danger', (error as Error).message)
  }
}

function isCalled({ name, nodeId }: WaitingRequest, word: string): boolean {
  return name.toLowerCase() === word.toLowerCase() || fingerprintOf(nodeId) === word.toLowerCase()
}

/** Lines as the page takes them: a name before a tab, and what there is to say. */
export function nodesText({
  nodes,
  waiting,
}: {
  nodes: readonly NodeRow[]
  waiting: readonly WaitingRequest[]
}): string {
  const asked = waiting.flatMap((request) => [
    `? ${clean(request.name)}\twants ${clean(request.wants)}`,
    `\t${[fingerprintOf(request.nodeId), request.address].filter(Boolean).map(clean).join(' · ')}`,
    `\t/nodes approve ${clean(request.name)}`,
    '',
  ])
  const known = nodes.flatMap((node) => [
    `${node.connected ? '●' : '○'} ${clean(nodeName(node))}\t${clean([node.platform, standing(node)].filter(Boolean).join(' · '))}`,
    `\t${clean(node.commands.join(', ') || 'may be asked nothing yet')}`,
    `\t${fingerprintOf(node.nodeId)}`,
    '',
  ])
  const none = nodes.length + waiting.length === 0 ? ['Nodes\tThere are none yet.'] : []
  return [...asked, ...known, ...none, '\tA machine becomes one with: clawdbot node run'].join('\n')
}

const clean = (text: string): string => text.replaceAll(/[\t\n]/g, ' ')
