/** The note a running gateway leaves for programs on this machine: its process, port and flags. Gone when it stops. */

import { readFileSync, rmSync } from 'node:fs'
import { processRow } from '../exec/process-table.ts'
import { isRecord, parseJson } from '../shared/std/json.ts'
import type { Config } from './config/schema.ts'
import { readPrivateFile, writePrivateFile } from './storage/private-files.ts'

export type RuntimeFacts = {
  /** 0: no port is listened on. */
  port: number
  /** How programs of this machine reach it where 127.0.0.1 does not answer. */
  socket?: string | undefined
  /** Where it listens, for whoever may reach that. */
  url: string
  /** Of its certificate, as people compare it. */
  tlsFingerprint?: string | undefined
  /** What `--tailscale` says; it counts before the settings. */
  tailscale?: Config['gateway']['tailscale']['mode'] | undefined
  /** Whether `--port` says so; it counts before the settings. */
  isPortTyped?: boolean | undefined
  env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  now: number
}

/** Disposing the result removes the note, unless another gateway has written its own meanwhile. */
export function writeRuntimeNote(
  path: string,
  { port, socket, url, tlsFingerprint, tailscale, isPortTyped, env, now }: RuntimeFacts,
): Disposable {
  const startedBy = env.CLAWDBOT_GATEWAY_STARTED_BY
  const place = { ...(port === 0 ? {} : { port, url }), ...(socket === undefined ? {} : { socket }) }
  const note = JSON.stringify({
    pid: process.pid,
    ...place,
    ...{ tlsFingerprint, tailscale, isPortTyped },
    startedAt: now,
    ...(startedBy ? { startedBy } : {}),
  })
  writePrivateFile(path, `${note}\n`)
  return {
    [Symbol.dispose]() {
      if (readPrivateFile(path)?.trim() === note) rmSync(path, { force: true })
    },
  }
}

export type Running = Pick<RuntimeFacts, 'tailscale'> & {
  readonly pid: number
  /** Undefined: no port is listened on. */
  readonly port: number | undefined
  readonly url: string | undefined
}

/** What the gateway that runs says of itself; undefined where none runs, and for a note that is damaged or may not be read. */
export function readRunning(path: string): Running | undefined {
  const note = parseJson(textAt(path))
  const { pid, port, url, tailscale } = note.ok && isRecord(note.value) ? note.value : {}
  if (typeof pid !== 'number' || !isAlive(pid)) return undefined
  return {
    pid,
    port: typeof port === 'number' ? port : undefined,
    url: typeof url === 'string' ? url : undefined,
    tailscale: tailscale === 'off' || tailscale === 'serve' || tailscale === 'funnel' ? tailscale : undefined,
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** One that has ended and that nobody collected does not count; `exec/process-table.ts` leaves those out. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || processRow(pid) !== undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
