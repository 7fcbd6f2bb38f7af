/** Runs the gateway in the foreground. */

import { Fault } from '../shared/fault.ts'

/** Resolves with the exit code once the gateway has ended. */
export async function runServer(
  _argv: readonly string[],
  _env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  throw new Fault('gateway.start-failed', 'The gateway is not part of this build')
}
