/** Slows and locks out those who guess (requirements AU4, AU6, AU7). */

import { BoundedMap } from '../../../shared/std/bounded-map.ts'
import type { Clock } from '../../../shared/std/clock.ts'

/** What was guessed at. Each class is counted apart, and every class present in one attempt is counted. */
export type CredentialClass = 'shared' | 'device-token'

const maxFailures = 10
const windowMs = 60_000
const lockMs = 5 * 60_000
/** How long a direct loopback peer waits for its refusal once it has failed too often. */
const slowedMs = 1_000

type Bucket = { failures: number[]; lockedUntil: number }

export class FailureLimiter {
  readonly #buckets: BoundedMap<string, Bucket>
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
    this.#buckets = new BoundedMap({ limit: 10_000, ttlMs: windowMs + lockMs, clock })
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Milliseconds until any of these classes may be tried again from that source; 0 when now. */
  lockedForMs(source: string, classes: readonly CredentialClass[]): number {
    const until = classes.map((name) => this.#buckets.get(`${source} ${name}`)?.lockedUntil ?? 0)
    return Math.max(0, Math.max(0, ...until) - this.#clock.monotonic())
  }

  /** Counts one failed attempt. The result is how long to wait before saying so. */
  failed(source: string, classes: readonly CredentialClass[], options: { lockable: boolean }): number {
    const tooMany = classes.map((name) => this.#count(`${source} ${name}`, options.lockable)).some(Boolean)
    return tooMany && !options.lockable ? slowedMs : 0
  }

  #count(key: string, lockable: boolean): boolean {
    const now = this.#clock.monotonic()
    const bucket = this.#buckets.get(key) ?? { failures: [], lockedUntil: 0 }
    bucket.failures = [...bucket.failures.filter((at) => at > now - windowMs), now].slice(-maxFailures)
    const tooMany = bucket.failures.length >= maxFailures
    if (tooMany && lockable) bucket.lockedUntil = now + lockMs
    this.#buckets.set(key, bucket)
    return tooMany
  }
}
