/** Device nodes (section 7.11). */

import * as z from 'zod'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

const id = z.string().min(1).max(256)
const text = z.string().max(256)

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
})

const pendingNode = z.looseObject({
  requestId: z.string(),
  nodeId: z.string(),
  displayName: z.string().optional(),
  ts: z.number(),
})
const pairedNode = z.looseObject({
  nodeId: z.string(),
  displayName: z.string().optional(),
  createdAtMs: z.number(),
  approvedAtMs: z.number(),
})

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
  about: 'Runs a command on a device, never on the gateway host.',
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

const nodeEvent = defineMethod({
  name: 'node.event',
  about: 'A node reports something that happened on it.',
  scope: 'public',
  role: 'node',
  params: () =>
    z.looseObject({
      event: z.string().min(1).max(256),
      payload: z.unknown().optional(),
      payloadJSON: z.string().nullable().optional(),
    }),
  result: () => z.looseObject({ ok: z.literal(true) }),
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
  about: 'Asks for a node to be approved.',
  scope: 'pairing',
  params: () =>
    z.looseObject({
      nodeId: id,
      displayName: text.optional(),
      platform: text.optional(),
      version: text.optional(),
      remoteIp: text.optional(),
    }),
  result: () => z.looseObject({ status: z.literal('pending'), request: pendingNode, created: z.boolean() }),
})

const nodePairApprove = defineMethod({
  name: 'node.pair.approve',
  about: 'Approves a waiting node.',
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

const nodePairRequested = defineEvent({
  name: 'node.pair.requested',
  about: 'A node waits for approval.',
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

export const nodesMethods = [
  nodeList,
  nodeDescribe,
  nodeRename,
  nodeInvoke,
  nodeInvokeResult,
  nodeEvent,
  skillsBins,
  nodePairList,
  nodePairRequest,
  nodePairApprove,
  nodePairReject,
] as const
export const nodesEvents = [nodePairRequested, nodePairResolved, nodeInvokeRequest] as const
