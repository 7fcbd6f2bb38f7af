/** The note a running gateway leaves for programs on this machine: its process and port. Gone when it stops. */

import { rmSync } from 'node:fs'
import { readPrivateFile, writePrivateFile } from './storage/private-files.ts'

export type RuntimeFacts = {
  /** 0: no port is listened on. */
  port: number
  /** How programs of this machine reach it where 127.0.0.1 does not answer. */
  socket?: string | undefined
  /** Where it listens, for whoever may reach that. */
  url: string
  env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  now: number
}

/** Disposing the result removes the note, unless another gateway has written its own meanwhile. */
export function writeRuntimeNote(path: string, { port, socket, url, env, now }: RuntimeFacts): Disposable {
  const startedBy = env.CLAWDBOT_GATEWAY_STARTED_BY
  const place = { ...(port === 0 ? {} : { port, url }), ...(socket === undefined ? {} : { socket }) }
  const note = JSON.stringify({ pid: process.pid, ...place, startedAt: now, ...(startedBy ? { startedBy } : {}) })
  writePrivateFile(path, `${note}\n`)
  return {
    [Symbol.dispose]() {
      if (readPrivateFile(path)?.trim() === note) rmSync(path, { force: true })
    },
  }
}
