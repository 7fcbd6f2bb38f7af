/** What was last placed with Tailscale Serve, so that after a crash it is known as ours (TS10). */

import { rmSync } from 'node:fs'
import * as z from 'zod'
import { parseJson } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'
import type { Placement } from '../../tunnel/tailscale/expose.ts'
import { readPrivateFile, writePrivateFile } from '../storage/private-files.ts'

const placement = z.object({ host: z.string(), port: z.int(), targets: z.array(z.string()) })

/** Undefined when nothing was placed, or the note is damaged. */
export function readServeNote(path: string): Placement | undefined {
  const parsed = parseJson(readPrivateFile(path) ?? '')
  const read = parsed.ok ? readAs(placement, parsed.value) : undefined
  return read?.success ? read.data : undefined
}

/** Undefined: nothing of ours is placed any more. */
export function writeServeNote(path: string, placed: Placement | undefined): void {
  if (placed) writePrivateFile(path, `${JSON.stringify(placed)}\n`, { keepLast: false })
  else rmSync(path, { force: true })
}
