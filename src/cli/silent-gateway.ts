/** A gateway that is there by its note and answers nobody: to start another one is no remedy, so the person decides. */

import { Fault } from '../shared/fault.ts'

/** A process that hangs does not hear SIGTERM; what it has acknowledged is on disk. */
export function silentGateway(pid: number, url: string): Fault {
  return new Fault('gateway.not-running', `Process ${pid} is the gateway by its note, but does not answer at ${url}`, {
    remedy: `Its log says why: clawdbot logs. To end it: kill -9 ${pid}; before that, see what it is: ps -p ${pid}`,
  })
}
