/** Starts a gateway of our own in the background. */

import { type BackgroundProcess, startInBackground } from './background.ts'
import type { ClientPaths, Env } from './paths.ts'

/** A gateway that works does not end. */
export type StartedGateway = Pick<BackgroundProcess, 'pid' | 'ended'>

/**
 * `program` is the path of `clawdbot-server`, which finds its port itself where none is given. The environment goes
 * along; no secret is put on the command line.
 */
export function startGateway(program: string, port: number | undefined, env: Env, paths: ClientPaths): StartedGateway {
  return startInBackground({
    program,
    args: port === undefined ? [] : ['--port', String(port)],
    log: paths.gatewayLog,
    cwd: paths.stateDir,
    env: { ...env, CLAWDBOT_GATEWAY_STARTED_BY: 'clawdbot' },
  })
}
