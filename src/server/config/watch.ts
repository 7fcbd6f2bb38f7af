/** Notices changes of the configuration file and of `gateway.env` and offers each valid one; a broken edit keeps the last good settings. */

import { existsSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../shared/std/clock.ts'
import type { ConfigSnapshot } from './load.ts'
import { planReload, type ReloadPlan } from './plan.ts'

export type ConfigWatch = {
  clock: Clock
  /** What is in force now. */
  initial: ConfigSnapshot
  /** What the files said last, when that is something else because it was refused. */
  seen?: ConfigSnapshot | undefined
  read(): ConfigSnapshot
  /** Those of the files that are read. */
  paths: readonly string[]
  /** Tells of every touch of the file; the result stops it. */
  watchFile(path: string, onTouch: () => void): () => void
  /** A valid file that means something else than before. With the action `none` what was in force stays. */
  onChange(snapshot: ConfigSnapshot, plan: ReloadPlan): void
  /** A file that cannot be used; what was in force stays. */
  onBroken(snapshot: ConfigSnapshot): void
  /** A file that must not be read, such as a link or another account's (SE2), or a change that `onChange` threw for. */
  onRefused(error: unknown): void
}

export function watchConfig(parts: ConfigWatch): Disposable {
  let current = parts.initial
  let seen = parts.seen ?? parts.initial
  let cancelTimer = () => {}

  const check = () => {
    try {
      take(parts.read())
    } catch (error) {
      parts.onRefused(error)
    }
  }

  const take = (next: ConfigSnapshot) => {
    if (isDeepStrictEqual(next, seen)) return
    seen = next
    if (!next.valid) {
      parts.onBroken(next)
      return
    }
    const plan = planReload(current, next)
    if (plan.changed.length > 0) parts.onChange(next, plan)
    if (plan.action !== 'none') current = next
  }

  const onTouch = () => {
    cancelTimer()
    cancelTimer = parts.clock.after(current.config.gateway.reload.debounceMs, check, { unref: true })
  }
  const stops = parts.paths.map((path) => parts.watchFile(path, onTouch))
  onTouch() // an edit between the reading of `initial` and now has told nobody
  return {
    [Symbol.dispose]() {
      cancelTimer()
      for (const stop of stops) stop()
    },
  }
}

/** Watches the folder, because editors replace a file rather than write into it, and because it may not exist yet. */
export function watchFolderOf(path: string, onTouch: () => void): () => void {
  if (!existsSync(dirname(path))) return () => {} // a path somebody chose and has not made; read at the next start
  const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
    if (name === null || name === basename(path)) onTouch()
  })
  // A folder that disappears takes the watch with it; settings stay as they are until the next start.
  watcher.on('error', () => watcher.close())
  return () => watcher.close()
}
