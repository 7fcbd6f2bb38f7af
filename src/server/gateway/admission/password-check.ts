/**
 * Checks passwords that are kept as a hash, which takes a tenth of a second of one processor each: one at a time, few
 * waiting, the last good one known again at once. A flood of guesses costs no more than that.
 */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SharedSecret } from '../server-parts.ts'
import { checkSharedSecret, type SecretCheck } from './auth.ts'
import { hashIn, matchesHash } from './password-hash.ts'

/** Different guesses that may wait: from one source, and in all. */
const mostPerSource = 4
const mostWaiting = 64

export type GivenSecret = { token?: string | undefined; password?: string | undefined }

/** `undecided`: only hashing tells. `busy`: it could not be hashed now, so nothing is known about it. */
export type PasswordCheck = SecretCheck | 'undecided' | 'busy'

export type Turn = {
  /** The limiter's key of who asks. */
  readonly source: string
  /** Served before all others: the person at the machine. */
  readonly isFirst: boolean
  /** Asked when its turn comes; a source that was locked out meanwhile costs nothing more. */
  isAllowed(): boolean
}

type Guess = Turn & { readonly key: string; readonly password: string; settle(check: PasswordCheck): void }

export class PasswordChecker {
  readonly #secret: () => SharedSecret | undefined
  readonly #matches: typeof matchesHash
  /** Digests are made with it, so that nothing in memory is a digest of a password by itself. */
  readonly #key = randomBytes(32)
  readonly #waiting: Guess[] = []
  readonly #asked = new Map<string, Promise<PasswordCheck>>()
  #lastGood: Buffer | undefined
  #isHashing = false

  constructor(secret: () => SharedSecret | undefined, matches = matchesHash) {
    this.#secret = secret
    this.#matches = matches
  }

  /** At once, without hashing. */
  check(given: GivenSecret): Exclude<PasswordCheck, 'busy'> {
    const shared = this.#secret()
    if (!shared || !hashIn(shared)) return checkSharedSecret(shared, given)
    const password = guessOf(given)
    if (password === undefined) return 'missing'
    return this.#lastGood && timingSafeEqual(this.#digest(shared, password), this.#lastGood) ? 'match' : 'undecided'
  }

  /** With hashing, when its turn comes. Who asks the same meanwhile gets the same answer. */
  async decide(given: GivenSecret, turn: Turn): Promise<PasswordCheck> {
    const known = this.check(given)
    const shared = this.#secret()
    const password = guessOf(given)
    if (known !== 'undecided' || !shared || password === undefined) return known
    const key = `${turn.source} ${this.#digest(shared, password).toString('hex')}`
    const asked = this.#asked.get(key) ?? this.#line({ ...turn, key, password })
    return await asked
  }

  #line(guess: Omit<Guess, 'settle'>): Promise<PasswordCheck> {
    const mine = this.#waiting.filter(({ source }) => source === guess.source).length
    const isFull = this.#waiting.length >= mostWaiting && !guess.isFirst
    if (mine >= mostPerSource || isFull) return Promise.resolve('busy')
    const { promise, resolve } = Promise.withResolvers<PasswordCheck>()
    const settle = (check: PasswordCheck) => {
      this.#asked.delete(guess.key)
      resolve(check)
    }
    this.#asked.set(guess.key, promise)
    if (guess.isFirst) this.#waiting.unshift({ ...guess, settle })
    else this.#waiting.push({ ...guess, settle })
    void this.#work()
    return promise
  }

  async #work(): Promise<void> {
    if (this.#isHashing) return
    this.#isHashing = true
    for (let guess = this.#waiting.shift(); guess; guess = this.#waiting.shift()) {
      const { settle } = guess
      await this.#hash(guess).then(settle, () => settle('busy'))
    }
    this.#isHashing = false
  }

  async #hash({ password, isAllowed }: Guess): Promise<PasswordCheck> {
    const shared = this.#secret()
    const hash = hashIn(shared)
    if (!shared || !hash) return this.check({ password })
    if (!isAllowed()) return 'busy'
    const isRight = await this.#matches(password, hash)
    // Another secret meanwhile: what was right is not any more.
    if (this.#secret()?.secret.reveal() !== shared.secret.reveal()) return 'busy'
    if (isRight) this.#lastGood = this.#digest(shared, password)
    return isRight ? 'match' : 'mismatch'
  }

  /** Bound to the hash, so that a changed password makes it worthless. */
  #digest(shared: SharedSecret, password: string): Buffer {
    return createHmac('sha256', this.#key).update(shared.secret.reveal()).update('\0').update(password).digest()
  }
}

/** One guess per attempt: each is worth a hash. */
function guessOf({ token, password }: GivenSecret): string | undefined {
  return password || token || undefined
}
