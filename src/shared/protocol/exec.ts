/** Approvals of commands (section 7.13). */

import * as z from 'zod'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

export const execDecisions = ['allow-once', 'allow-always', 'deny'] as const
export type ExecDecision = (typeof execDecisions)[number]

const nullable = (limit: number) => z.string().max(limit).nullable().optional()

/** What an approver is shown. Absent strings travel as `null`. `where` is ours: the machine the command runs on. */
const execRequest = z.looseObject({
  command: z.string(),
  cwd: z.string().nullish(),
  host: z.string().nullish(),
  security: z.string().nullish(),
  ask: z.string().nullish(),
  agentId: z.string().nullish(),
  resolvedPath: z.string().nullish(),
  sessionKey: z.string().nullish(),
  where: z.string().nullish(),
})

export const pendingApproval = z.looseObject({
  id: z.string(),
  request: execRequest,
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
})
export type PendingApproval = z.infer<typeof pendingApproval>

const execApprovalRequest = defineMethod({
  name: 'exec.approval.request',
  about: 'Asks the operators; answers only when decided or expired (default 120 000 ms, then `decision` is null).',
  scope: 'approvals',
  params: () =>
    z.strictObject({
      command: z.string().min(1).max(200_000),
      id: z.string().min(1).max(128).optional(),
      cwd: nullable(4096),
      host: nullable(64),
      security: nullable(64),
      ask: nullable(64),
      agentId: nullable(64),
      resolvedPath: nullable(4096),
      sessionKey: nullable(512),
      timeoutMs: z.int().min(1000).max(3_600_000).optional(),
    }),
  result: () =>
    z.looseObject({
      id: z.string(),
      decision: z.string().nullable(),
      createdAtMs: z.number(),
      expiresAtMs: z.number(),
    }),
})

const execApprovalResolve = defineMethod({
  name: 'exec.approval.resolve',
  about: 'Answers one waiting approval. A late answer is refused.',
  scope: 'approvals',
  params: () => z.strictObject({ id: z.string().min(1).max(128), decision: z.string().max(32) }),
  result: () => z.looseObject({ ok: z.literal(true) }),
})

const execApprovalList = defineMethod({
  name: 'exec.approval.list',
  about: 'Approvals waiting now, oldest first.',
  scope: 'approvals',
  extension: true,
  params: () => z.looseObject({}),
  // Protocol 4 gateways have a method of this name whose answer is a bare array of another shape.
  result: () => z.union([z.looseObject({ approvals: z.array(pendingApproval) }), z.array(z.unknown())]),
})

const execApprovalRequested = defineEvent({
  name: 'exec.approval.requested',
  about: 'A command waits for a decision.',
  scope: 'approvals',
  payload: () => pendingApproval,
  droppable: true,
})

const execApprovalResolved = defineEvent({
  name: 'exec.approval.resolved',
  about: 'A command was decided about, or its time ran out (`decision` deny).',
  scope: 'approvals',
  payload: () =>
    z.looseObject({ id: z.string(), decision: z.string(), resolvedBy: z.string().nullish(), ts: z.number() }),
  droppable: true,
})

export const execMethods = [execApprovalRequest, execApprovalResolve, execApprovalList] as const
export const execEvents = [execApprovalRequested, execApprovalResolved] as const
