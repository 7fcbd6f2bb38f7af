/** `gateway.env`: secrets in a private file of their own, beneath the environment; a service reads the same file. */

import { Fault } from '../../shared/fault.ts'
import { beneath, type Env, variablesOf } from '../../shared/std/env-file.ts'
import { fileMode, readPrivateFile } from '../storage/private-files.ts'

/** The text of the file, undefined when there is none. Throws `path.outside` for one others may read, too (SE2). */
export function readGatewayEnv(path: string): string | undefined {
  const text = readPrivateFile(path)
  const mode = text === undefined ? undefined : fileMode(path)
  if (mode !== undefined && (mode & 0o077) !== 0) {
    throw new Fault('path.outside', `Other accounts may read ${path} (mode ${mode.toString(8)}), which holds secrets`, {
      remedy: `Run: chmod 600 ${path}; then make those secrets anew, as they may be known.`,
    })
  }
  return text
}

/** The environment with what the file at `path` adds to it. */
export function gatewayEnv(env: Env, path: string): Env {
  const text = readGatewayEnv(path)
  return text === undefined ? env : beneath(env, text)
}

/**
 * systemd puts what the file holds at the start into a service's environment, where it would go before whatever the file
 * says later. So the copies are left out, and the file alone counts.
 */
export function withoutCopies(env: Env, path: string): Env {
  if (env.CLAWDBOT_GATEWAY_STARTED_BY !== 'service') return env
  const kept = variablesOf(readGatewayEnv(path) ?? '')
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== kept[name]))
}
