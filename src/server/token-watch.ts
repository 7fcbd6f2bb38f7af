/** Notices that the gateway's own token file holds another token, so that a rotated one counts without a restart (AU12). */

import type { Clock } from '../shared/std/clock.ts'
import { Secret } from '../shared/std/secret.ts'
import { watchFolderOf } from './config/watch.ts'
import type { SharedSecret } from './gateway/server-parts.ts'
import { readPrivateFile } from './storage/private-files.ts'

/** Quiet time after the last touch: an editor may empty a file before it fills it. */
const quietMs = 50

/** A file that is gone or blank changes nothing; one that must not be read (SE2) goes to `onRefused`. */
export function watchToken(parts: {
  path: string
  clock: Clock
  /** The token in force. */
  current(): SharedSecret | undefined
  onChange(next: SharedSecret): void
  onRefused(error: unknown): void
}): Disposable {
  let cancel = () => {}
  const look = () => {
    try {
      const text = readPrivateFile(parts.path)?.trim()
      if (!text || text === parts.current()?.secret.reveal()) return
      parts.onChange({ mode: 'token', secret: new Secret(text) })
    } catch (error) {
      parts.onRefused(error)
    }
  }
  const stop = watchFolderOf(parts.path, () => {
    cancel()
    cancel = parts.clock.after(quietMs, look, { unref: true })
  })
  return {
    [Symbol.dispose]() {
      cancel()
      stop()
    },
  }
}
