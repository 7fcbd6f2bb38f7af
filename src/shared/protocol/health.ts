/** Whether the gateway is well: methods `health` and `status`, events `tick`, `health` and `shutdown` (sections 7.1, 7.2, 8). */

import * as z from 'zod'
import { once } from '../std/once.ts'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

export const healthResult = once(() => {
  const recentSession = z.looseObject({ key: z.string(), updatedAt: z.number().nullable(), age: z.number().nullable() })
  const sessionStore = z.looseObject({ path: z.string(), count: z.number(), recent: z.array(recentSession) })

  /** Channel facts by id. `probe.ok` and `configured` decide what `health` prints. */
  const channelHealth = z.looseObject({
    configured: z.boolean().optional(),
    running: z.boolean().optional(),
    linked: z.boolean().optional(),
    lastError: z.string().nullish(),
  })

  return z.looseObject({
    ok: z.boolean(),
    ts: z.number(),
    durationMs: z.number(),
    channels: z.record(z.string(), channelHealth),
    channelOrder: z.array(z.string()),
    channelLabels: z.record(z.string(), z.string()),
    heartbeatSeconds: z.number(),
    defaultAgentId: z.string(),
    agents: z.array(
      z.looseObject({
        agentId: z.string(),
        name: z.string().optional(),
        isDefault: z.boolean().optional(),
        heartbeat: z
          .looseObject({ enabled: z.boolean(), every: z.string(), everyMs: z.number().nullable() })
          .optional(),
        sessions: sessionStore,
      }),
    ),
    sessions: sessionStore,
  })
})
export type HealthResult = z.infer<ReturnType<typeof healthResult>>

const health = defineMethod({
  name: 'health',
  about: 'Liveness, channels and sessions in brief; may come from a cache of up to 60 s unless `probe`.',
  scope: 'read',
  params: () => z.looseObject({ probe: z.boolean().optional() }),
  result: healthResult,
})

const status = defineMethod({
  name: 'status',
  about: 'Sessions, heartbeat and channel summary.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () => {
    const statusSession = z.looseObject({
      key: z.string(),
      kind: z.string(),
      sessionId: z.string().optional(),
      updatedAt: z.number().nullable(),
      age: z.number().nullable(),
      model: z.string().nullish(),
      contextTokens: z.number().nullish(),
      totalTokens: z.number().nullish(),
      percentUsed: z.number().nullish(),
      flags: z.array(z.string()),
    })

    return z.looseObject({
      heartbeat: z.looseObject({
        defaultAgentId: z.string(),
        agents: z.array(
          z.looseObject({
            agentId: z.string(),
            enabled: z.boolean(),
            every: z.string(),
            everyMs: z.number().nullable(),
          }),
        ),
      }),
      channelSummary: z.array(z.string()),
      queuedSystemEvents: z.array(z.string()),
      sessions: z.looseObject({
        paths: z.array(z.string()),
        count: z.number(),
        defaults: z.looseObject({ model: z.string().nullable(), contextTokens: z.number().nullable() }),
        recent: z.array(statusSession),
        byAgent: z.array(
          z.looseObject({ agentId: z.string(), path: z.string(), count: z.number(), recent: z.array(statusSession) }),
        ),
      }),
    })
  },
})

export const connectChallenge = defineEvent({
  name: 'connect.challenge',
  about: 'First frame on every socket: the nonce a device signs. Has no seq.',
  scope: 'public',
  payload: () =>
    z.looseObject({
      nonce: z.string(),
      ts: z.number(),
      capabilities: z.array(z.string()).optional(),
      /** For a client that sent a nonce of its own; see `gateway-proof.ts`. */
      gateway: z
        .looseObject({ publicKey: z.string().max(64), host: z.string().max(512), signature: z.string().max(128) })
        .optional(),
    }),
})

const tick = defineEvent({
  name: 'tick',
  about: 'Every 30 s. Protocol 3 clients leave after one to one and a half minutes without it.',
  scope: 'public',
  payload: () => z.looseObject({ ts: z.number() }),
  droppable: true,
})

const healthChanged = defineEvent({
  name: 'health',
  about: 'A fresh health result: each 60 s, after each connect and after most `health` calls.',
  scope: 'public',
  payload: healthResult,
})

export const shutdown = defineEvent({
  name: 'shutdown',
  about: 'The gateway is about to close all sockets with 1012.',
  scope: 'public',
  payload: () => z.looseObject({ reason: z.string(), restartExpectedMs: z.number().nullable() }),
})

export const healthMethods = [health, status] as const
export const healthEvents = [connectChallenge, tick, healthChanged, shutdown] as const
