/** What Tailscale really serves on this machine, beside what the gateway noted and the settings want. */

import { errorText } from '../../shared/fault.ts'
import type { TailscaleCommand } from '../../tunnel/tailscale/cli.ts'
import { readServe } from '../../tunnel/tailscale/expose.ts'
import { readServeNote } from '../tailnet/serve-note.ts'
import type { TailscaleFacts } from './facts.ts'

export type TailscaleLook = {
  readonly command: TailscaleCommand
  readonly notePath: string
  /** Asked even if neither settings nor note speak of Tailscale. */
  readonly isWanted: boolean
  readonly signal: AbortSignal
}

/** Undefined where nothing suggests that Tailscale has to do with this gateway. */
export async function gatherTailscale(look: TailscaleLook): Promise<TailscaleFacts | undefined> {
  const placed = placedIn(look.notePath)
  if (!look.isWanted && placed === undefined) return undefined
  try {
    const { handlers, funnels } = await readServe(look.command, look.signal)
    return { placed, served: { handlers, funnels } }
  } catch (error) {
    look.signal.throwIfAborted()
    return { placed, served: errorText(error) }
  }
}

/** A note that may not be read is found by the checks of files. */
function placedIn(path: string): TailscaleFacts['placed'] {
  try {
    return readServeNote(path)
  } catch {
    return undefined
  }
}
