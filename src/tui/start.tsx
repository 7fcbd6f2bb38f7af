/** Opens the screen. */

import { Fault } from '../shared/fault.ts'

export type StartOptions = {
  readonly url?: string | undefined
  readonly port?: number | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
  readonly tlsFingerprint?: string | undefined
  readonly insecure?: boolean | undefined
  readonly session?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Path of `clawdbot-server`, for the gateway of the profile `local`. */
  readonly serverProgram: string
}

/** Resolves with the exit code once the person has left. */
export async function startTui(_options: StartOptions): Promise<number> {
  throw new Fault('usage.invalid', 'The screen is not part of this build', {
    remedy: 'Ask from a pipe instead: echo "question" | clawdbot',
  })
}
