/** Which gateway, and with which secret: flags before environment before configuration (section 14.1, AU16). */

import { Fault } from '../shared/fault.ts'
import { Secret } from '../shared/std/secret.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import { type DirectWay, fingerprint, type Way } from '../tunnel/way.ts'
import { gatewayPort, wayOrigin } from '../tunnel/way-origin.ts'
import { type GatewayConfig, readGatewayConfig } from './gateway-config.ts'
import type { Credentials } from './handshake.ts'
import type { ClientPaths, Env } from './paths.ts'
import { readIfThere } from './private-file.ts'
import { localWay } from './profiles.ts'
import { readRuntime } from './runtime-file.ts'

export type TargetFlags = {
  readonly url?: string | undefined
  readonly port?: number | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
  readonly tlsFingerprint?: string | undefined
  readonly insecure?: boolean | undefined
}

export type Target = {
  /** For people: the profile's name, or `remote` for a typed address. */
  readonly name: string
  /** What drafts, the outbox and cached transcripts belong to: a profile keeps it when it is renamed. */
  readonly id: string
  /** At least one, the preferred first. All lead to the same gateway. */
  readonly ways: readonly [Way, ...Way[]]
  /** `wayOrigin` of the first. */
  readonly origin: string
  /** Where the address came from, for people: `--url`, `gateway.remote.url in <file>`, `this machine`. */
  readonly source: string
  /** The gateway of this account on this machine. */
  readonly isLocal: boolean
  /** The gateway's own secret; empty when there is none. May ask the person, so it is called only when it is needed. */
  readonly secret: (signal: AbortSignal) => Promise<Credentials>
  /** The secret was typed for this run: it goes before a stored device token. */
  readonly isSecretExplicit: boolean
}

/** Throws `usage.invalid`, `client.insecure-url` or `config.invalid`. */
export async function resolveTarget(flags: TargetFlags, env: Env, paths: ClientPaths): Promise<Target> {
  const config = await readGatewayConfig(paths.configPath, env)
  const { name, way, source } = await chooseWay(flags, env, paths, config)
  const url = parseGatewayUrl(way.url, way.insecure)
  const local = await localPort(flags, env, paths, config)
  const isLocal = url.isLoopback && url.port === local.port
  const typed =
    firstSecret(flags.token, flags.password) ?? firstSecret(env.CLAWDBOT_GATEWAY_TOKEN, env.CLAWDBOT_GATEWAY_PASSWORD)
  const origin = wayOrigin(way)
  const secret = typed ?? (await knownSecret(origin, isLocal, config, paths))
  return {
    ...{ name, id: isLocal ? 'local' : origin, ways: [way], origin, source, isLocal },
    secret: async () => secret,
    isSecretExplicit: typed !== undefined,
  }
}

async function chooseWay(
  flags: TargetFlags,
  env: Env,
  paths: ClientPaths,
  config: GatewayConfig,
): Promise<{ name: string; way: DirectWay; source: string }> {
  const pinned = flags.tlsFingerprint
  const named = (url: string, source: string, pin: string | undefined) => ({
    name: 'remote',
    way: {
      kind: 'direct' as const,
      url,
      ...(pin === undefined ? {} : { tlsFingerprint: readPin(pin) }),
      ...(flags.insecure ? { insecure: true } : {}),
    },
    source,
  })
  if (flags.url !== undefined) return named(flags.url, '--url', pinned)
  if (env.CLAWDBOT_GATEWAY_URL) return named(env.CLAWDBOT_GATEWAY_URL, 'CLAWDBOT_GATEWAY_URL', pinned)
  if (flags.port === undefined && config.mode === 'remote' && config.remote.url !== undefined) {
    return named(config.remote.url, `gateway.remote.url in ${paths.configPath}`, pinned ?? config.remote.tlsFingerprint)
  }
  const { port } = await localPort(flags, env, paths, config)
  return { name: 'local', way: localWay(port), source: 'this machine' }
}

export type LocalPort = { readonly port: number; readonly isExplicit: boolean }

/** Flag, environment, the note of a gateway that runs or ran here, configuration, 18789. */
export async function localPort(
  flags: Pick<TargetFlags, 'port'>,
  env: Env,
  paths: ClientPaths,
  config: GatewayConfig,
): Promise<LocalPort> {
  const typed = flags.port ?? readPort(env.CLAWDBOT_GATEWAY_PORT)
  if (typed !== undefined) return { port: typed, isExplicit: true }
  const runtime = await readRuntime(paths.runtimeFile)
  if (runtime?.isAlive) return { port: runtime.port, isExplicit: false }
  return { port: config.port ?? runtime?.port ?? gatewayPort, isExplicit: false }
}

/** Secrets at rest belong to one address each and are never offered to another (AU16). */
async function knownSecret(
  origin: string,
  isLocal: boolean,
  config: GatewayConfig,
  paths: ClientPaths,
): Promise<Credentials> {
  if (isLocal) {
    const { token, password, mode } = config.auth
    if (mode === 'password' && password) return { password }
    if (token || password) return { token, password }
    const generated = (await readIfThere(paths.gatewayToken))?.trim()
    return generated ? { token: new Secret(generated) } : {}
  }
  const { remote } = config
  if (remote.url === undefined || originOf(remote.url) !== origin) return {}
  return { token: remote.token, password: remote.password }
}

function originOf(address: string): string | undefined {
  try {
    return parseGatewayUrl(address, true).origin
  } catch {
    return undefined // a broken address in the file is no address
  }
}

function firstSecret(token: string | undefined, password: string | undefined): Credentials | undefined {
  if (!token?.trim() && !password?.trim()) return undefined
  return {
    ...(token?.trim() ? { token: new Secret(token.trim()) } : {}),
    ...(password?.trim() ? { password: new Secret(password) } : {}),
  }
}

function readPort(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const port = Number(value)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Fault('usage.invalid', `CLAWDBOT_GATEWAY_PORT is ${JSON.stringify(value)}, not a port`, {
    remedy: 'Set it to a number from 1 to 65535, or unset it.',
  })
}

function readPin(value: string): string {
  const parsed = fingerprint.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Fault('usage.invalid', 'The certificate fingerprint is not the 64 hex digits of a SHA-256', {
    remedy: 'Copy it from the gateway: clawdbot-server prints it at start when it serves TLS.',
  })
}
