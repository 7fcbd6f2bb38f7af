/** Where this account keeps its state. Pure: environment and home folder in, paths out. */

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export type Env = Readonly<Record<string, string | undefined>>

export type ClientPaths = {
  /** The person's home folder. */
  readonly home: string
  /** `~/.clawdbot`, or `CLAWDBOT_STATE_DIR`. */
  readonly stateDir: string
  /** `<stateDir>/clawdbot.json`, or `CLAWDBOT_CONFIG_PATH`. */
  readonly configPath: string
  /** The saved profiles; no secret is in it. */
  readonly profiles: string
  /** One file per profile whose secret is kept in a file. */
  readonly secretsDir: string
  readonly deviceKey: string
  readonly deviceTokens: string
  /** By which key each gateway is known. */
  readonly gatewayKeys: string
  /** Written by a running gateway: `{pid, port, startedAt, startedBy}`. */
  readonly runtimeFile: string
  /** Generated secret of a gateway whose config names none. */
  readonly gatewayToken: string
  /** Secrets beneath the environment, of the gateway of this machine. */
  readonly gatewayEnv: string
  /** Output of a gateway started in the background. */
  readonly gatewayLog: string
  readonly outboxDir: string
  readonly cacheDir: string
  /** Drafts and earlier prompts, one file for each gateway. */
  readonly draftsDir: string
  readonly crashLog: string
  /** Of this machine as a node: its key, its tokens, its own policy. */
  readonly nodeDir: string
  /** `~` and relative paths, which are those of the home folder, never of the current one. */
  readonly expand: (path: string) => string
}

export function clientPaths(env: Env, home: string = homedir()): ClientPaths {
  const expand = (path: string) => resolve(home, path.replace(/^~(?=$|[/\\])/, home))
  const stateDir = expand(env.CLAWDBOT_STATE_DIR?.trim() || join(home, '.clawdbot'))
  return {
    home,
    stateDir,
    configPath: expand(env.CLAWDBOT_CONFIG_PATH?.trim() || join(stateDir, 'clawdbot.json')),
    profiles: join(stateDir, 'profiles.json'),
    secretsDir: join(stateDir, 'secrets'),
    deviceKey: join(stateDir, 'identity', 'device.json'),
    deviceTokens: join(stateDir, 'identity', 'gateway-tokens.json'),
    gatewayKeys: join(stateDir, 'identity', 'gateway-keys.json'),
    runtimeFile: join(stateDir, 'gateway.json'),
    gatewayToken: join(stateDir, 'gateway-token'),
    gatewayEnv: join(stateDir, 'gateway.env'),
    gatewayLog: join(stateDir, 'logs', 'gateway-background.log'),
    outboxDir: join(stateDir, 'outbox'),
    cacheDir: join(stateDir, 'cache'),
    draftsDir: join(stateDir, 'drafts'),
    expand,
    nodeDir: join(stateDir, 'node'),
    crashLog: join(stateDir, 'logs', 'clawdbot-crash.log'),
  }
}
