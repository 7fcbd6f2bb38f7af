/** The port to what this gateway remembers of devices: who waits, who is paired, and the digests of their tokens. */

import type * as z from 'zod'
import type { pairedDevice, pendingDevice } from '../../shared/protocol/devices.ts'
import type { Role } from '../../shared/protocol/scope.ts'

export type PendingDevice = z.infer<typeof pendingDevice>
export type PairedDevice = z.infer<typeof pairedDevice>

/** What a device says of itself when it proves its key. Only `deviceId` and `publicKey` are proven. */
export type DeviceFacts = {
  deviceId: string
  publicKey: string
  displayName?: string
  platform?: string
  deviceFamily?: string
  clientId?: string
  clientMode?: string
  remoteIp?: string
}

/** What it asks for. `scopes` are exactly those it would get; an empty list means none. */
export type PairingAsk = DeviceFacts & { role: Role; scopes: readonly string[]; silent?: boolean }

/** A token in clear. It exists only in the answer that hands it out; the book keeps its SHA-256 digest. */
export type IssuedToken = { token: string; role: Role; scopes: readonly string[]; issuedAtMs: number }

/**
 * Synchronous on purpose: every answer is one small indexed read or write, and a handshake that never waits
 * cannot be overtaken by a second frame of the same socket. Records returned are copies.
 *
 * Rules every implementation keeps (the contract suite is `test/contract/device-book.ts`):
 * - one pending request per device, 5 min, at most 20 in all and 3 per `remoteIp` (the oldest leaves first);
 * - asking again for the same role and scopes finds the same request; asking for anything else replaces it under
 *   a new id, so that nobody approves more than they were shown;
 * - what was rejected is not asked again while its five minutes last, but may still be granted: by its id, a code, or silently;
 * - a revoked token stays revoked, and `issue` for that role gives nothing until the device is approved again.
 */
export type DeviceBook = {
  list(): { pending: PendingDevice[]; paired: PairedDevice[] }
  /** The approved record, whatever key is asked with: the caller compares `publicKey`. */
  find(deviceId: string): PairedDevice | undefined
  request(ask: PairingAsk): { request: PendingDevice; created: boolean }
  /** One that waits, or was rejected and may still be granted. */
  pending(requestId: string): PendingDevice | undefined
  /**
   * Grants the request's role and those of its scopes that `grantable` contains, or of `fewer`, which the caller has
   * compared with them; adds to an earlier approval of the same key.
   */
  approve(requestId: string, grantable: (scope: string) => boolean, fewer?: readonly string[]): PairedDevice | undefined
  reject(requestId: string): PendingDevice | undefined
  /** A person, or the maker of a code, decided what it may: by an approval that was not silent, or by rotating. */
  isDecided(deviceId: string): boolean
  /** Notes name and address of a device that came back. Never touches roles, scopes, key or platform. */
  touch(facts: DeviceFacts): void
  /** A live token for that role whose scopes cover `scopes` exists. */
  hasToken(deviceId: string, role: Role, scopes: readonly string[]): boolean
  /** Replaces the token of that role, 192 random bits or more; undefined when unknown or revoked. */
  issue(deviceId: string, role: Role, scopes: readonly string[]): IssuedToken | undefined
  /** The scopes of the live token this digest belongs to; stamps its last use. `digest` is SHA-256 of the token, 32 bytes. */
  verify(deviceId: string, role: Role, digest: Uint8Array): readonly string[] | undefined
  /**
   * As `issue`, for a role the device has; `scopes` absent keeps those of the old token, and else an operator's device
   * holds only them from then on. One that is not handed out
   * serves nobody: the device has no token until it logs in with the shared secret and is issued one.
   */
  rotate(
    deviceId: string,
    role: Role,
    how?: { readonly scopes?: readonly string[] | undefined; readonly isHandedOut?: boolean },
  ): IssuedToken | undefined
  /** Ends the role's token, and with an operator's all its scopes. Milliseconds of it; undefined for an unknown device or role. */
  revoke(deviceId: string, role: Role): number | undefined
}
