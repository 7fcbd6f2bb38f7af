/** Presence, heartbeat and wake (sections 5 and 7.3). */

import * as z from 'zod'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

/** One connected program, or the gateway itself (`mode: gateway`, `reason: self`). */
export const presenceEntry = z.looseObject({
  host: z.string().optional(),
  ip: z.string().optional(),
  version: z.string().optional(),
  platform: z.string().optional(),
  deviceFamily: z.string().optional(),
  modelIdentifier: z.string().optional(),
  mode: z.string().optional(),
  reason: z.string().optional(),
  text: z.string().optional(),
  ts: z.number(),
  deviceId: z.string().optional(),
  roles: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  instanceId: z.string().optional(),
  lastInputSeconds: z.number().optional(),
  tags: z.array(z.string()).optional(),
})
export type PresenceEntry = z.infer<typeof presenceEntry>

const systemPresence = defineMethod({
  name: 'system-presence',
  about: 'Who is connected. The result is an array.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () => z.array(presenceEntry),
})

const label = z.string().max(256)

const systemEvent = defineMethod({
  name: 'system-event',
  about: 'Reports a device-side fact and updates its presence entry.',
  scope: 'admin',
  params: () =>
    z.strictObject({
      text: z.string().min(1).max(2000),
      deviceId: label.optional(),
      instanceId: label.optional(),
      host: label.optional(),
      ip: label.optional(),
      mode: label.optional(),
      version: label.optional(),
      platform: label.optional(),
      deviceFamily: label.optional(),
      modelIdentifier: label.optional(),
      lastInputSeconds: z.number().optional(),
      reason: label.optional(),
      roles: z.array(label).max(16).optional(),
      scopes: z.array(label).max(32).optional(),
      tags: z.array(label).max(32).optional(),
    }),
  result: () => z.looseObject({ ok: z.literal(true) }),
})

const lastHeartbeat = defineMethod({
  name: 'last-heartbeat',
  about: 'The last heartbeat event, or null.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ ts: z.number(), status: z.string() }).nullable(),
})

const presenceChanged = defineEvent({
  name: 'presence',
  about: 'Somebody came, left or reported.',
  scope: 'read',
  payload: () => z.looseObject({ presence: z.array(presenceEntry) }),
  droppable: true,
})

export const systemMethods = [systemPresence, systemEvent, lastHeartbeat] as const
export const systemEvents = [presenceChanged] as const
