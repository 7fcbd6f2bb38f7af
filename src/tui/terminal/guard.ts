/** The terminal is given back however the program ends: exit, signal, or crash. Only SIGKILL escapes this. */

import type { EventEmitter } from 'node:events'

/** What the guard needs of `process`. */
export type ProcessLike = Pick<EventEmitter, 'on' | 'off'> & { exit(code: number): void }

export type Guard = Disposable & {
  /** Puts the terminal back now, once. Later endings do nothing more. */
  restore(): void
}

/** Signals that end us, with the number that a shell adds to 128. */
const signals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const

export type GuardOptions = {
  process: ProcessLike
  /** Puts the terminal back. It is called at most once and must be synchronous: the process may be gone after it. */
  restore: () => void
  /** Told about a crash after the terminal is back; it may print. The process then ends with code 1. */
  onCrash: (error: unknown) => void
  /** Told about a signal before the process ends with 128 and its number, so that a draft can be saved. */
  onSignal?: (signal: keyof typeof signals) => void
}

/** Guards until disposed. Disposing does not restore: call `restore` for an ordinary end. */
export function guardTerminal({ process, restore, onCrash, onSignal }: GuardOptions): Guard {
  let isRestored = false
  const restoreOnce = (): void => {
    if (isRestored) return
    isRestored = true
    try {
      restore()
    } catch {
      // The terminal is gone; there is nothing left to put back.
    }
  }
  const crash = (error: unknown): void => {
    restoreOnce()
    onCrash(error)
    process.exit(1)
  }
  const listeners: [event: string, listener: (error: unknown) => void][] = [
    ['exit', restoreOnce],
    ['uncaughtException', crash],
    ['unhandledRejection', crash],
  ]
  for (const signal of Object.keys(signals) as (keyof typeof signals)[]) {
    const end = (): void => {
      restoreOnce()
      onSignal?.(signal)
      process.exit(128 + signals[signal])
    }
    listeners.push([signal, end])
  }
  for (const [event, listener] of listeners) process.on(event, listener)
  return {
    restore: restoreOnce,
    [Symbol.dispose]() {
      for (const [event, listener] of listeners) process.off(event, listener)
    },
  }
}
