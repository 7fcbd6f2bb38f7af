/** Paired devices and their tokens (section 7.12). */

import * as z from 'zod'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

const id = z.string().min(1).max(256)
const scopes = z.array(z.string().max(256)).max(32)

const described = {
  deviceId: z.string(),
  publicKey: z.string(),
  displayName: z.string().optional(),
  platform: z.string().optional(),
  clientId: z.string().optional(),
  clientMode: z.string().optional(),
  role: z.string().optional(),
  roles: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  remoteIp: z.string().optional(),
}

export const pendingDevice = z.looseObject({
  requestId: z.string(),
  ...described,
  silent: z.boolean().optional(),
  isRepair: z.boolean().optional(),
  ts: z.number(),
})

/** A token without its secret. */
const deviceTokenInfo = z.looseObject({
  role: z.string(),
  scopes: z.array(z.string()),
  createdAtMs: z.number(),
  rotatedAtMs: z.number().optional(),
  revokedAtMs: z.number().optional(),
  lastUsedAtMs: z.number().optional(),
})

export const pairedDevice = z.looseObject({
  ...described,
  tokens: z.array(deviceTokenInfo),
  createdAtMs: z.number(),
  approvedAtMs: z.number(),
})

const devicePairList = defineMethod({
  name: 'device.pair.list',
  about: 'Devices waiting for approval and devices approved.',
  scope: 'pairing',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ pending: z.array(pendingDevice), paired: z.array(pairedDevice) }),
})

const devicePairApprove = defineMethod({
  name: 'device.pair.approve',
  about: 'Lets a waiting device in, with at most the scopes the approver holds.',
  scope: 'pairing',
  params: () => z.strictObject({ requestId: id }),
  result: () => z.looseObject({ requestId: z.string(), device: pairedDevice }),
})

const devicePairGrant = defineMethod({
  name: 'device.pair.grant',
  about: 'Lets a waiting device in with some of the scopes it asks for.',
  scope: 'pairing',
  extension: true,
  params: () => z.strictObject({ requestId: id, scopes }),
  result: () => z.looseObject({ requestId: z.string(), device: pairedDevice }),
})

const deviceCodeCreate = defineMethod({
  name: 'device.code.create',
  about: 'A code that approves, once and for ten minutes, the device it is typed on.',
  scope: 'admin',
  extension: true,
  params: () => z.strictObject({ role: z.enum(['operator', 'node']).default('operator'), scopes: scopes.default([]) }),
  result: () =>
    z.looseObject({ code: z.string(), role: z.string(), scopes: z.array(z.string()), expiresAtMs: z.number() }),
})

const devicePairReject = defineMethod({
  name: 'device.pair.reject',
  about: 'Refuses a waiting device.',
  scope: 'pairing',
  params: () => z.strictObject({ requestId: id }),
  result: () => z.looseObject({ requestId: z.string(), deviceId: z.string() }),
})

const deviceTokenRotate = defineMethod({
  name: 'device.token.rotate',
  about: 'Replaces a device token; the old one ends at once.',
  scope: 'pairing',
  params: () => z.strictObject({ deviceId: id, role: id, scopes: scopes.optional() }),
  result: () =>
    z.looseObject({
      deviceId: z.string(),
      role: z.string(),
      token: z.string().optional(),
      scopes: z.array(z.string()),
      rotatedAtMs: z.number(),
    }),
})

const deviceTokenRevoke = defineMethod({
  name: 'device.token.revoke',
  about: 'Ends a device token for good.',
  scope: 'pairing',
  params: () => z.strictObject({ deviceId: id, role: id }),
  result: () => z.looseObject({ deviceId: z.string(), role: z.string(), revokedAtMs: z.number() }),
})

const devicePairRequested = defineEvent({
  name: 'device.pair.requested',
  about: 'A device waits for approval.',
  scope: 'pairing',
  payload: () => pendingDevice,
  droppable: true,
})

const devicePairResolved = defineEvent({
  name: 'device.pair.resolved',
  about: 'Somebody, or the local rule, decided about a device.',
  scope: 'pairing',
  payload: () => z.looseObject({ requestId: z.string(), deviceId: z.string(), decision: z.string(), ts: z.number() }),
  droppable: true,
})

export const devicesMethods = [
  devicePairList,
  devicePairApprove,
  devicePairReject,
  devicePairGrant,
  deviceCodeCreate,
  deviceTokenRotate,
  deviceTokenRevoke,
] as const
export const devicesEvents = [devicePairRequested, devicePairResolved] as const
