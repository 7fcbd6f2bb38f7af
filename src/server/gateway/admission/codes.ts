/**
 * Pairing codes that count now (PA7). One stands for an approval given beforehand, never for the secret. Kept in memory,
 * as digests: a restart ends them all.
 */

import { randomBytes, randomUUID } from 'node:crypto'
import { pairCodeAlphabet, pairCodeLifetimeMs, readPairCode } from '../../../shared/protocol/pair-code.ts'
import type { Role } from '../../../shared/protocol/scope.ts'
import type { Clock } from '../../../shared/std/clock.ts'
import { digestOf } from './auth.ts'

const maxCodes = 20
const maxPerIssuer = 3
/** Wrong codes after which every code that counted meanwhile is worth nothing. */
const maxTries = 5

/** What the one who types it gets. */
export type CodeGrant = {
  readonly id: string
  readonly role: Role
  readonly scopes: readonly string[]
  /** Id of the device that made it, or of its program. */
  readonly issuer: string
  readonly expiresAtMs: number
}

type Slot = { readonly grant: CodeGrant; readonly source: string; readonly endsAt: number; triesLeft: number }

export class PairingCodes {
  /** By digest, oldest first. */
  readonly #slots = new Map<string, Slot>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A new code, 40 random bits. Of those of the same issuer or address, and of all, the oldest gives way. */
  issue(offer: Pick<CodeGrant, 'role' | 'scopes' | 'issuer'> & { source: string }): { code: string; grant: CodeGrant } {
    this.#prune()
    const own = [...this.#slots].filter(([, { grant, source }]) => {
      return grant.issuer === offer.issuer || source === offer.source
    })
    for (const [digest] of own.slice(0, Math.max(0, own.length - maxPerIssuer + 1))) this.#slots.delete(digest)
    const [oldest] = this.#slots.keys()
    if (oldest !== undefined && this.#slots.size >= maxCodes) this.#slots.delete(oldest)
    const { role, scopes, issuer, source } = offer
    const expiresAtMs = this.#clock.now() + pairCodeLifetimeMs
    const grant: CodeGrant = { id: randomUUID(), role, scopes: [...scopes], issuer, expiresAtMs }
    const code = newCode()
    const endsAt = this.#clock.monotonic() + pairCodeLifetimeMs
    this.#slots.set(keyOf(code), { grant, source, endsAt, triesLeft: maxTries })
    return { code, grant }
  }

  /** What the code grants in that role, once; undefined for one that does not count, which uses up a try of all that do. */
  redeem(typed: string, role: Role): CodeGrant | undefined {
    this.#prune()
    if (this.#slots.size === 0) return undefined
    const code = readPairCode(typed)
    const digest = code === undefined ? '' : keyOf(code)
    const found = this.#slots.get(digest)
    if (found?.grant.role === role) {
      this.#slots.delete(digest)
      return found.grant
    }
    for (const [key, slot] of this.#slots) if (--slot.triesLeft <= 0) this.#slots.delete(key)
    return undefined
  }

  /** Whose rights ended gives nobody any. */
  forget(issuer: string): void {
    for (const [digest, { grant }] of this.#slots) if (grant.issuer === issuer) this.#slots.delete(digest)
  }

  get size(): number {
    this.#prune()
    return this.#slots.size
  }

  #prune(): void {
    for (const [digest, { endsAt }] of this.#slots) if (endsAt <= this.#clock.monotonic()) this.#slots.delete(digest)
  }
}

function newCode(): string {
  const bits = randomBytes(5).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return Array.from({ length: 8 }, (_, at) => pairCodeAlphabet[Number((bits >> BigInt(35 - 5 * at)) & 31n)]).join('')
}

const keyOf = (code: string): string => digestOf(code).toString('hex')
