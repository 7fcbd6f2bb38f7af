/** The handshake: challenge, `connect` params and `hello-ok` (section 4). */

import * as z from 'zod'
import { once } from '../std/once.ts'

/** Every client id any brand of the ecosystem uses; a server must take the union (trap 1). */
export const clientIds = [
  ...['webchat-ui', 'webchat', 'cli', 'gateway-client', 'node-host', 'test', 'fingerprint'],
  ...['clawdbot', 'moltbot', 'openclaw'].flatMap((brand) =>
    ['control-ui', 'macos', 'ios', 'android', 'probe'].map((kind) => `${brand}-${kind}`),
  ),
  ...['tui', 'browser-copilot', 'linux', 'watchos', 'worker'].map((kind) => `openclaw-${kind}`),
] as const

export const clientModes = ['webchat', 'cli', 'ui', 'backend', 'node', 'probe', 'test', 'worker'] as const
export type ClientMode = (typeof clientModes)[number]

export const connectParams = once(() => {
  const short = z.string().max(256)
  return z.strictObject({
    minProtocol: z.int().min(1),
    maxProtocol: z.int().min(1),
    client: z.strictObject({
      id: z.enum(clientIds as unknown as [string, ...string[]]),
      displayName: short.optional(),
      version: short.min(1),
      platform: short.min(1),
      deviceFamily: short.optional(),
      modelIdentifier: short.optional(),
      mode: z.enum(clientModes),
      instanceId: short.optional(),
      buildId: short.optional(),
      timeZone: short.optional(),
    }),
    caps: z.array(short).max(64).optional(),
    commands: z.array(short).max(256).optional(),
    permissions: z.record(short, z.boolean()).optional(),
    pathEnv: z.string().max(8192).optional(),
    role: short.optional(),
    scopes: z.array(short).max(32).optional(),
    device: z
      .strictObject({
        id: short.min(1),
        publicKey: z.string().min(1).max(1024),
        signature: z.string().min(1).max(1024),
        signedAt: z.int(),
        nonce: short.optional(),
      })
      .optional(),
    auth: z
      .strictObject({
        token: z.string().max(4096).optional(),
        password: z.string().max(4096).optional(),
        bootstrapToken: z.string().max(4096).optional(),
        deviceToken: z.string().max(4096).optional(),
        approvalRuntimeToken: z.string().max(4096).optional(),
        agentRuntimeIdentityToken: z.string().max(4096).optional(),
      })
      .optional(),
    locale: short.optional(),
    userAgent: z.string().max(1024).optional(),
    computerUse: z.unknown().optional(),
    workerRuns: z.unknown().optional(),
  })
})
export type ConnectParams = z.infer<ReturnType<typeof connectParams>>

/** What a client needs of `hello-ok`; everything else is optional and strangers add more. */
export const helloOk = once(() =>
  z.looseObject({
    type: z.literal('hello-ok'),
    protocol: z.number(),
    server: z.looseObject({
      version: z.string(),
      commit: z.string().optional(),
      host: z.string().optional(),
      connId: z.string(),
    }),
    features: z.looseObject({ methods: z.array(z.string()), events: z.array(z.string()).optional() }),
    snapshot: z
      .looseObject({
        presence: z.array(z.looseObject({})).optional(),
        health: z.looseObject({}).optional(),
        uptimeMs: z.number().optional(),
        configPath: z.string().optional(),
        stateDir: z.string().optional(),
        sessionDefaults: z
          .looseObject({
            defaultAgentId: z.string(),
            mainKey: z.string(),
            mainSessionKey: z.string(),
            scope: z.string().optional(),
          })
          .optional(),
      })
      .optional(),
    auth: z
      .looseObject({
        deviceToken: z.string().optional(),
        role: z.string().optional(),
        scopes: z.array(z.string()).optional(),
        issuedAtMs: z.number().optional(),
      })
      .optional(),
    policy: z.looseObject({
      maxPayload: z.number().optional(),
      maxBufferedBytes: z.number().optional(),
      tickIntervalMs: z.number(),
    }),
  }),
)
export type HelloOk = z.infer<ReturnType<typeof helloOk>>

/** Codes of `error.details.code` a refused `connect` carries for protocol 4 peers (section 4.6). */
export type RefusalCode =
  | 'AUTH_REQUIRED'
  | 'AUTH_UNAUTHORIZED'
  | 'AUTH_TOKEN_MISSING'
  | 'AUTH_TOKEN_MISMATCH'
  | 'AUTH_PASSWORD_MISSING'
  | 'AUTH_PASSWORD_MISMATCH'
  | 'AUTH_RATE_LIMITED'
  | 'PAIRING_REQUIRED'
  | 'DEVICE_IDENTITY_REQUIRED'
  | 'DEVICE_AUTH_DEVICE_ID_MISMATCH'
  | 'DEVICE_AUTH_SIGNATURE_EXPIRED'
  | 'DEVICE_AUTH_NONCE_REQUIRED'
  | 'DEVICE_AUTH_NONCE_MISMATCH'
  | 'DEVICE_AUTH_SIGNATURE_INVALID'
  | 'DEVICE_AUTH_PUBLIC_KEY_INVALID'
  | 'PROTOCOL_MISMATCH'

/**
 * Our capability of taking fewer scopes than were asked for: such a device is let in with what it holds and reads in the
 * hello what that is, where another one would wait for more.
 */
export const fewerScopesCap = 'fewer-scopes'

/** Ours: what it asks a node to run, it hears of while that runs; see `node-output.ts`. */
export const nodeOutputCap = 'node-output'

/** Capabilities our own terminal declares. `reattach` is ours: see `reattach.ts`. Other servers ignore unknown ones. */
export const ourCaps = ['tool-events', 'reattach', fewerScopesCap, nodeOutputCap] as const
