/** The note a running gateway leaves on this machine: its process, and its port or its socket file. Written by the gateway, read by clients. */

import * as z from 'zod'
import { parseJson } from '../shared/std/json.ts'
import { once } from '../shared/std/once.ts'
import { readAs } from '../shared/std/read-as.ts'
import { isAlive } from '../tunnel/process-alive.ts'
import { readIfThere } from './private-file.ts'

const note = once(() =>
  z.looseObject({
    pid: z.int().positive(),
    port: z.int().min(1).max(65_535).optional(),
    /** Present when 127.0.0.1 does not answer. */
    socket: z.string().startsWith('/').optional(),
    /** Where it listens, for whoever may reach that. */
    url: z.string().optional(),
    /** Of its certificate, as people compare it. */
    tlsFingerprint: z.string().optional(),
    /** What `--tailscale` says; it counts before the settings. */
    tailscale: z.enum(['off', 'serve', 'funnel']).optional(),
    /** The port is that of `--port`; in the background it is given only where it is not what the settings say. */
    isPortTyped: z.boolean().optional(),
    startedAt: z.number().optional(),
    startedBy: z.string().optional(),
  }),
)

export type RuntimeNote = z.infer<ReturnType<typeof note>> & { readonly isAlive: boolean }

/** A gateway answers a moment before it has noted where it is: until then, milliseconds at most, it may be any other one. */
export const notePatienceMs = 1_000

/** The last note, and whether its process still runs; undefined when there is none or it is damaged. */
export async function readRuntime(path: string): Promise<RuntimeNote | undefined> {
  const parsed = parseJson((await readIfThere(path)) ?? '')
  const found = parsed.ok ? readAs(note(), parsed.value) : undefined
  return found?.success ? { ...found.data, isAlive: isAlive(found.data.pid) } : undefined
}
