/** Starts a gateway of our own in the background: a process that outlives this one, its output in a private log. */

import { spawn } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ClientPaths, Env } from './paths.ts'

export type StartedGateway = {
  readonly pid: number | undefined
  /** Settles when the process ends, with how; a gateway that works does not end. Never rejects. */
  readonly ended: Promise<string>
}

/** `program` is the path of `clawdbot-server`. The environment goes along; no secret is put on the command line. */
export function startGateway(program: string, port: number, env: Env, paths: ClientPaths): StartedGateway {
  mkdirSync(dirname(paths.gatewayLog), { recursive: true, mode: 0o700 })
  const log = openSync(paths.gatewayLog, 'a', 0o600)
  chmodSync(paths.gatewayLog, 0o600)
  try {
    const child = spawn(process.execPath, [program, '--port', String(port)], {
      detached: true,
      stdio: ['ignore', log, log],
      windowsHide: true,
      cwd: paths.stateDir,
      env: { ...env, CLAWDBOT_GATEWAY_STARTED_BY: 'clawdbot' },
    })
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
    })
    child.unref()
    return { pid: child.pid, ended }
  } finally {
    closeSync(log)
  }
}
