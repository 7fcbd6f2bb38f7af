/** What is wrong with an OpenSSH configuration, said with its file and line. Pure. */

import { Fault } from '../../shared/fault.ts'

export function configFault(path: string, line: number | undefined, problem: string, cause?: unknown): Fault {
  const place = line === undefined ? path : `${path}, line ${line}`
  return new Fault('ssh.config', `The SSH configuration cannot be used: ${place}: ${problem}`, {
    remedy: `Correct ${path}; ssh itself reads it the same way.`,
    details: { path, ...(line === undefined ? {} : { line }) },
    cause,
  })
}
