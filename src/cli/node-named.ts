/** Finding the node a person means. Pure. */

import { fingerprintOf, nodeName } from '../client/node-words.ts'
import { didYouMean } from '../shared/std/text.ts'
import { usage } from './parse.ts'

/** Fewest characters of an id that name a node. */
const shortestPrefix = 8

/** By name, id, fingerprint or address, or the beginning of one of the ids. Throws `usage.invalid` for none and for several. */
export function nodeNamed<
  N extends { nodeId: string; displayName?: string | undefined; remoteIp?: string | undefined },
>(word: string, nodes: readonly N[], command: string): N {
  const wanted = word.trim().toLowerCase()
  const bare = wanted.replaceAll('-', '')
  const exact = nodes.filter((node) => nodeName(node).toLowerCase() === wanted || node.nodeId === word)
  const begins = nodes.filter(
    ({ nodeId, remoteIp }) =>
      remoteIp === word || (bare.length >= shortestPrefix && nodeId.replaceAll('-', '').toLowerCase().startsWith(bare)),
  )
  const found = exact.length > 0 ? exact : begins
  const [node, other] = found
  if (!node) {
    const near = didYouMean(word, nodes.map(nodeName))
    const hint = near ? ` Did you mean ${near}?` : ''
    throw usage(`There is no node ${JSON.stringify(word)}; nodes status shows them.${hint}`, command)
  }
  if (!other) return node
  const ids = found.map(({ nodeId }) => fingerprintOf(nodeId)).join(', ')
  throw usage(`${found.length} nodes go by ${JSON.stringify(word)}: give one of ${ids}`, command)
}
