/** Where things are kept: environment in, absolute paths out. Pure; nothing is created here. */

import { isAbsolute, join, resolve } from 'node:path'

export type StatePaths = {
  /** Folder of everything the gateway keeps, 0700. */
  stateDir: string
  /** The configuration file; it may lie outside `stateDir`. */
  config: string
  database: string
  lock: string
  logs: string
  /** The hash-chained audit log. */
  journal: string
  /** Unix socket for programs of the same account. */
  socket: string
  /** Folder of the certificate that was made here. */
  tls: string
  /** Unix socket for Tailscale Serve alone. */
  serveSocket: string
  /** What was last placed with Tailscale Serve. */
  serveNote: string
  /** Default workspace of the agents. */
  workspace: string
  /** Token made when nobody configured a secret. */
  token: string
  /** The key by which programs know this gateway again. */
  key: string
  /** Secrets beneath the environment, as `NAME=value`. */
  env: string
  /** Process and port of the running gateway. */
  runtime: string
}

/** Variables read: `CLAWDBOT_STATE_DIR`, `CLAWDBOT_CONFIG_PATH`, `HOME`. `home` is used when `HOME` is unset. */
export type PathEnv = Readonly<Record<string, string | undefined>>

/** Relative values are taken from the home folder, never from the current one (security requirement SE6). */
export function statePaths(env: PathEnv, home: string): StatePaths {
  const base = env.HOME?.trim() || home
  const stateDir = chosen(env.CLAWDBOT_STATE_DIR, base) ?? join(base, '.clawdbot')
  return {
    stateDir,
    config: chosen(env.CLAWDBOT_CONFIG_PATH, base) ?? join(stateDir, 'clawdbot.json'),
    database: join(stateDir, 'clawdbot.db'),
    lock: join(stateDir, 'gateway.lock'),
    logs: join(stateDir, 'logs'),
    journal: join(stateDir, 'audit.db'),
    socket: join(stateDir, 'gateway.sock'),
    tls: join(stateDir, 'tls'),
    serveSocket: join(stateDir, 'serve.sock'),
    serveNote: join(stateDir, 'tailscale-serve.json'),
    workspace: join(stateDir, 'workspace'),
    token: join(stateDir, 'gateway-token'),
    key: join(stateDir, 'gateway-key.pem'),
    env: join(stateDir, 'gateway.env'),
    runtime: join(stateDir, 'gateway.json'),
  }
}

/** `~` and `~/x` under `home`; other relative paths under `home` too; absolute ones as they are. */
export function expandHome(path: string, home: string): string {
  if (path === '~') return home
  if (path.startsWith('~/') || path.startsWith('~\\')) return join(home, path.slice(2))
  return isAbsolute(path) ? resolve(path) : resolve(home, path)
}

function chosen(value: string | undefined, home: string): string | undefined {
  const text = value?.trim()
  return text ? expandHome(text, home) : undefined
}
