/** Why a node was not asked, or did not do it, for the person who asked: the wire has a few bare words for each. */

import { Fault } from '../shared/fault.ts'
import type { NodeRow } from '../shared/protocol/nodes.ts'
import { isRecord } from '../shared/std/json.ts'
import { nodeName } from './node-words.ts'

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

/** Of what our node says in its own words (`exec/command.ts`, `node/commands/`), by how it begins. */
const ownRemedies: readonly (readonly [RegExp, string])[] = [
  [/^There is no program /, 'Give its whole path there, or ask where it is: clawdbot nodes invoke % system.which'],
  [/^There is no folder /, 'Name another folder of that device with --cwd, or none for its home.'],
]

/** A node's own codes, for whatever reason: only that device can change them. */
const ownCodes: Readonly<Record<string, string>> = {
  SYSTEM_RUN_DENIED: 'What it may run is decided on that device: clawdbot node policy',
  CAMERA_DENIED:
    'Who may take pictures is decided on that device: camera in its policy.json, which clawdbot node policy names',
}

/** Faces make what they print harmless; here it only becomes one line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

type Named = Pick<NodeRow, 'nodeId' | 'displayName'>

/** Runs a call of that node; a refusal names the node, says why, and what helps. */
export async function askingNode<T>(node: Named, command: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Fault && error.code === 'client.call-failed' ? reworded(error, node, command) : error
  }
}

function reworded(fault: Fault, node: Named, command: string): Fault {
  const { message, details } = isRecord(fault.details) ? fault.details : {}
  const name = oneLine(nodeName(node))
  const known = isRecord(details) && typeof details.reason === 'string' ? reasons[details.reason] : undefined
  const text = known ? `may not be asked for ${oneLine(command)}: ${known.why}` : undefined
  const code = isRecord(details) ? String(details.code) : ''
  const own = ownRemedies.find(([start]) => start.test(String(message)))?.[1] ?? ownCodes[code]
  const remedy = fault.remedy ?? (known?.remedy ?? own)?.replace('%', /\s/.test(name) ? `'${name}'` : name)
  return new Fault(fault.code, text ? `${name} ${text}` : `${name}: ${oneLine(String(message ?? fault.message))}`, {
    cause: fault,
    retryable: fault.retryable,
    ...(fault.details && { details: fault.details }),
    ...(remedy !== undefined && { remedy }),
  })
}
