/** A clock moved by hand, behind the `Clock` port. Wall time and monotonic time can move apart, as in a sleeping laptop. */

import type { Clock } from '../../src/shared/std/clock.ts'

type Task = { at: number; run: () => void }

export class ManualClock implements Clock {
  #wall: number
  #mono = 0
  #tasks: Task[] = []

  constructor(now = 1_769_500_000_000) {
    this.#wall = now
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#mono
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { at: this.#mono + delayMs, run }
    this.#tasks.push(task)
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task)
    }
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#tasks.length
  }

  /** Moves both times and runs what falls due, in order; tasks may start further ones. */
  advance(ms: number): void {
    const end = this.#mono + ms
    for (;;) {
      const due = this.#tasks.filter((task) => task.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#tasks = this.#tasks.filter((task) => task !== due)
      this.#shift(Math.max(0, due.at - this.#mono))
      due.run()
    }
    this.#shift(end - this.#mono)
  }

  /** Only the wall time jumps, as when the machine slept or its clock was set. */
  jump(ms: number): void {
    this.#wall += ms
  }

  #shift(ms: number): void {
    this.#mono += ms
    this.#wall += ms
  }
}
