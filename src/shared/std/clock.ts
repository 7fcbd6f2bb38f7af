/** The only place that knows the time. Everything that waits or stamps is given a `Clock`, so tests move time by hand. */

export type Clock = {
  /** Wall time, milliseconds since 1970. May jump; use it for stamps only. */
  now(): number
  /** Monotonic milliseconds; never goes backwards. Use it for durations and deadlines. */
  monotonic(): number
  /** Runs `task` once after `delayMs`; the result cancels it. The timer alone never keeps the process alive when `unref` is set. */
  after(delayMs: number, task: () => void, options?: { unref?: boolean }): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task, options) {
    const timer = setTimeout(task, delayMs)
    if (options?.unref) timer.unref?.()
    return () => clearTimeout(timer)
  },
}

/** Runs `task` every `intervalMs`, never overlapping timers; the result stops it. */
export function every(clock: Clock, intervalMs: number, task: () => void): () => void {
  let cancel = () => {}
  const arm = () => {
    cancel = clock.after(
      intervalMs,
      () => {
        arm()
        task()
      },
      { unref: true },
    )
  }
  arm()
  return () => cancel()
}
