/** Waiting that can be called off: deadlines, sleeps and races against an `AbortSignal`. */

import type { Clock } from './clock.ts'

/** A signal that ends with `parent` or after `delayMs`, whichever comes first; the reason is then a `TimeoutError`. */
export function deadline(delayMs: number, parent?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(Math.min(delayMs, 0x7fffffff))
  return parent ? AbortSignal.any([parent, timeout]) : timeout
}

/** True when `error` is the reason of a passed deadline. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

/** Resolves after `delayMs`, rejects with the signal's reason when it ends first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Settles with `promise`, or rejects with the signal's reason when it ends first. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {}) // its outcome no longer matters to anyone
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
