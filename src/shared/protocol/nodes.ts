/** Device nodes (section 7.11). */

import * as z from 'zod'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'
import { nodeInvokeOutput, outputPlace } from './node-output.ts'

const id = z.string().min(1).max(256)
const text = z.string().max(256)

/** `commands` are those it may be asked now; `waitingCommands`, ours, those it offers and nobody has approved. */
const nodeRow = z.looseObject({
  nodeId: z.string(),
  displayName: z.string().optional(),
  platform: z.string().optional(),
  version: z.string().optional(),
  deviceFamily: z.string().optional(),
  remoteIp: z.string().optional(),
  caps: z.array(z.string()),
  commands: z.array(z.string()),
  connectedAtMs: z.number().optional(),
  paired: z.boolean(),
  connected: z.boolean(),
  pathEnv: z.string().optional(),
  permissions: z.record(z.string(), z.boolean()).optional(),
  waitingCommands: z.array(z.string()).optional(),
  lastConnectedAtMs: z.number().optional(),
})
export type NodeRow = z.infer<typeof nodeRow>

const pendingNode = z.looseObject({
  requestId: z.string(),
  nodeId: z.string(),
  displayName: z.string().optional(),
  platform: z.string().optional(),
  version: z.string().optional(),
  remoteIp: z.string().optional(),
  commands: z.array(z.string()).optional(),
  isRepair: z.boolean().optional(),
  ts: z.number(),
})
export type PendingNode = z.infer<typeof pendingNode>
const pairedNode = z.looseObject({
  nodeId: z.string(),
  displayName: z.string().optional(),
  platform: z.string().optional(),
  version: z.string().optional(),
  remoteIp: z.string().optional(),
  commands: z.array(z.string()).optional(),
  createdAtMs: z.number(),
  approvedAtMs: z.number(),
  lastConnectedAtMs: z.number().optional(),
})
export type PairedNode = z.infer<typeof pairedNode>

const nodeList = defineMethod({
  name: 'node.list',
  about: 'Known nodes, connected first, then by name.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ ts: z.number(), nodes: z.array(nodeRow) }),
})

const nodeDescribe = defineMethod({
  name: 'node.describe',
  about: 'One node.',
  scope: 'read',
  params: () => z.strictObject({ nodeId: id }),
  result: () => nodeRow.extend({ ts: z.number() }),
})

const nodeRename = defineMethod({
  name: 'node.rename',
  about: 'Gives a node the name shown wherever it acts.',
  scope: 'pairing',
  params: () => z.strictObject({ nodeId: id, displayName: z.string().min(1).max(128) }),
  result: () => z.looseObject({ nodeId: z.string(), displayName: z.string() }),
})

const nodeInvoke = defineMethod({
  name: 'node.invoke',
  about:
    'Runs a command on a device, never on the gateway host. The same `idempotencyKey` again is the same call; ' +
    '`system.run` of somebody who may not approve commands waits for somebody who may.',
  scope: 'write',
  params: () =>
    z.strictObject({
      nodeId: id,
      command: z.string().min(1).max(256),
      params: z.unknown().optional(),
      timeoutMs: z.int().min(0).max(3_600_000).optional(),
      idempotencyKey: id,
    }),
  result: () =>
    z.looseObject({
      ok: z.literal(true),
      nodeId: z.string(),
      command: z.string(),
      payload: z.unknown(),
      payloadJSON: z.string().nullable(),
    }),
})

const nodeInvokeResult = defineMethod({
  name: 'node.invoke.result',
  about: 'A node answers a command; a late or foreign answer is ignored.',
  scope: 'public',
  role: 'node',
  params: () =>
    z.looseObject({
      id,
      nodeId: id,
      ok: z.boolean(),
      payload: z.unknown().optional(),
      payloadJSON: z.string().nullable().optional(),
      error: z.looseObject({ code: z.string().optional(), message: z.string().optional() }).nullable().optional(),
    }),
  result: () => z.looseObject({ ok: z.literal(true), ignored: z.boolean().optional() }),
})

const nodeInvokeProgress = defineMethod({
  name: 'node.invoke.progress',
  about: 'A node tells a piece of output of a command that still runs; a late or foreign one is dropped.',
  scope: 'public',
  role: 'node',
  params: () =>
    z.strictObject({
      ...{ invokeId: id, nodeId: id, seq: z.int().min(0), chunk: z.string().max(16_384) },
      ...outputPlace(),
    }),
  result: () => z.looseObject({ ok: z.literal(true), ignored: z.boolean().optional() }),
})

const nodeEvent = defineMethod({
  name: 'node.event',
  about: 'A node reports about a command it was asked to run; anything else is not handled.',
  scope: 'public',
  role: 'node',
  params: () =>
    z.looseObject({
      event: z.string().min(1).max(256),
      payload: z.unknown().optional(),
      payloadJSON: z.string().nullable().optional(),
    }),
  result: () =>
    z.looseObject({
      ok: z.literal(true),
      event: z.string().optional(),
      handled: z.boolean().optional(),
      reason: z.string().optional(),
    }),
})

const skillsBins = defineMethod({
  name: 'skills.bins',
  about: 'Program names a node should look for.',
  scope: 'public',
  role: 'node',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ bins: z.array(z.string()) }),
})

const nodePairList = defineMethod({
  name: 'node.pair.list',
  about: 'Nodes waiting for approval and nodes approved.',
  scope: 'pairing',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ pending: z.array(pendingNode), paired: z.array(pairedNode) }),
})

const nodePairRequest = defineMethod({
  name: 'node.pair.request',
  about: 'Asks for a node to be approved, before it comes by itself.',
  scope: 'pairing',
  params: () =>
    z.looseObject({
      nodeId: id,
      displayName: text.optional(),
      platform: text.optional(),
      version: text.optional(),
      deviceFamily: text.optional(),
      remoteIp: text.optional(),
      caps: z.array(text).max(64).optional(),
      commands: z.array(text).max(256).optional(),
    }),
  result: () => z.looseObject({ status: z.literal('pending'), request: pendingNode, created: z.boolean() }),
})

const nodePairApprove = defineMethod({
  name: 'node.pair.approve',
  about: 'Lets a waiting node be asked for the commands of its request.',
  scope: 'pairing',
  params: () => z.strictObject({ requestId: id }),
  result: () => z.looseObject({ requestId: z.string(), node: pairedNode }),
})

const nodePairReject = defineMethod({
  name: 'node.pair.reject',
  about: 'Refuses a waiting node.',
  scope: 'pairing',
  params: () => z.strictObject({ requestId: id }),
  result: () => z.looseObject({ requestId: z.string(), nodeId: z.string() }),
})

const nodePairRemove = defineMethod({
  name: 'node.pair.remove',
  about: 'Forgets a node: its connection ends and it has to be approved anew.',
  scope: 'pairing',
  params: () => z.strictObject({ nodeId: id }),
  result: () => z.looseObject({ nodeId: z.string() }),
})

const nodePairVerify = defineMethod({
  name: 'node.pair.verify',
  about: 'Whether a token is the one of that node.',
  scope: 'pairing',
  params: () => z.strictObject({ nodeId: id, token: z.string().min(1).max(4096) }),
  result: () => z.looseObject({ ok: z.boolean(), node: pairedNode.optional() }),
})

const nodePairRequested = defineEvent({
  name: 'node.pair.requested',
  about: 'A node offers commands that nobody has approved.',
  scope: 'pairing',
  payload: () => pendingNode,
  droppable: true,
})

const nodePairResolved = defineEvent({
  name: 'node.pair.resolved',
  about: 'Somebody decided about a node.',
  scope: 'pairing',
  payload: () => z.looseObject({ requestId: z.string(), nodeId: z.string(), decision: z.string(), ts: z.number() }),
  droppable: true,
})

const nodeInvokeRequest = defineEvent({
  name: 'node.invoke.request',
  about: 'Asks one node to run a command; addressed to it alone, without seq.',
  scope: 'public',
  payload: () =>
    z.looseObject({
      id: z.string(),
      nodeId: z.string(),
      command: z.string(),
      paramsJSON: z.string().nullable(),
      timeoutMs: z.number().optional(),
      idempotencyKey: z.string().optional(),
    }),
})

const nodeInvokeCancel = defineEvent({
  name: 'node.invoke.cancel',
  about: 'Nobody waits for that command any more; addressed to the node alone, without seq.',
  scope: 'public',
  payload: () => z.looseObject({ invokeId: z.string(), nodeId: z.string() }),
})

export const nodesMethods = [
  nodeList,
  nodeDescribe,
  nodeRename,
  nodeInvoke,
  nodeInvokeResult,
  nodeInvokeProgress,
  nodeEvent,
  skillsBins,
  nodePairList,
  nodePairRequest,
  nodePairApprove,
  nodePairReject,
  nodePairRemove,
  nodePairVerify,
] as const
export const nodesEvents = [
  nodePairRequested,
  nodePairResolved,
  nodeInvokeRequest,
  nodeInvokeCancel,
  nodeInvokeOutput,
] as const
