/** Joins two streams both ways. */

import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'

/** What either side ends is ended on the other; what breaks on one breaks both. */
export function splice(near: Duplex, far: Duplex): void {
  const settle = (error: Error | null | undefined) => {
    if (!error) return
    near.destroy()
    far.destroy()
  }
  pipeline(near, far, settle)
  pipeline(far, near, settle)
}
