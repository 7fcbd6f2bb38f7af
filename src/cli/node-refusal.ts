/** Why a node was not asked, or did not do it, for the person who asked: the wire has a few bare words for each. */

import { nodeName } from '../client/node-words.ts'
import { Fault } from '../shared/fault.ts'
import type { NodeRow } from '../shared/protocol/nodes.ts'
import { isRecord } from '../shared/std/json.ts'
import { oneLine } from './style.ts'

/** Of gateway protocol section 7.11; what is here to do says the gateway itself where it can. */
const reasons: Readonly<Record<string, { why: string; remedy: string }>> = {
  'node did not declare commands': { why: 'it offers no commands', remedy: 'See there: clawdbot node doctor' },
  'command not declared by node': {
    why: 'it does not offer that',
    remedy: 'What it offers: clawdbot nodes describe %. Why something is missing, on that device: clawdbot node doctor',
  },
  'command not allowlisted': {
    why: 'the settings of the gateway do not allow that on such a device',
    remedy: 'They are gateway.nodes.allowCommands and denyCommands; allow it there if you want it.',
  },
  'command not approved': {
    why: 'that is not approved',
    remedy: 'What waits: clawdbot nodes list. To allow it: clawdbot nodes approve %',
  },
}

/** Runs a call of that node; a refusal names the node, says why, and what helps. */
export async function askingNode<T>(node: NodeRow, command: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Fault && error.code === 'client.call-failed' ? reworded(error, node, command) : error
  }
}

function reworded(fault: Fault, node: NodeRow, command: string): Fault {
  const { message, details } = isRecord(fault.details) ? fault.details : {}
  const name = oneLine(nodeName(node))
  const known = isRecord(details) && typeof details.reason === 'string' ? reasons[details.reason] : undefined
  const text = known ? `may not be asked for ${oneLine(command)}: ${known.why}` : undefined
  const remedy = fault.remedy ?? known?.remedy.replace('%', name)
  return new Fault(fault.code, text ? `${name} ${text}` : `${name}: ${oneLine(String(message ?? fault.message))}`, {
    cause: fault,
    retryable: fault.retryable,
    ...(fault.details && { details: fault.details }),
    ...(remedy !== undefined && { remedy }),
  })
}
