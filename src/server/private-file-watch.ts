/** Notices that a private file says something else, so that a secret kept in it counts without a restart. */

import type { Clock } from '../shared/std/clock.ts'
import { watchFolderOf } from './config/watch.ts'

/** Quiet time after the last touch: an editor may empty a file before it fills it. */
const quietMs = 50

export type PrivateFileWatch = {
  readonly path: string
  readonly clock: Clock
  readonly read: () => string | undefined
  /** What the file says, changed or not; undefined when it is gone. */
  readonly onText: (text: string | undefined) => void
  /** It must not be read (SE2), or `onText` threw. */
  readonly onRefused: (error: unknown) => void
}

export function watchPrivateFile({ path, clock, read, onText, onRefused }: PrivateFileWatch): Disposable {
  let cancel = () => {}
  const look = () => {
    try {
      onText(read())
    } catch (error) {
      onRefused(error)
    }
  }
  const stop = watchFolderOf(path, () => {
    cancel()
    cancel = clock.after(quietMs, look, { unref: true })
  })
  return {
    [Symbol.dispose]() {
      cancel()
      stop()
    },
  }
}
