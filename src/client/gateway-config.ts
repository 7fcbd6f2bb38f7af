/**
 * What a client needs of the gateway's configuration file: where it listens and its secrets. The file belongs to the
 * gateway, which validates all of it; here everything else is left alone.
 */

import * as z from 'zod'
import { Fault } from '../shared/fault.ts'
import { type PasswordHash, readPasswordHash } from '../shared/password-hash.ts'
import { beneath, variablesOf } from '../shared/std/env-file.ts'
import { isRecord } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import { Secret } from '../shared/std/secret.ts'
import type { ClientPaths, Env } from './paths.ts'
import { readIfThere, readSecretFile } from './private-file.ts'

export type GatewayConfig = {
  readonly port: number | undefined
  readonly mode: string | undefined
  /** Present when it listens on a socket file and on no port; without `path` on the usual one. */
  readonly onlySocket: { readonly path: string | undefined } | undefined
  readonly auth: {
    readonly mode: string | undefined
    readonly token: Secret | undefined
    readonly password: Secret | undefined
    /** Kept as a hash: whoever connects is asked for the password. */
    readonly hash: PasswordHash | undefined
  }
  readonly remote: {
    readonly url: string | undefined
    readonly token: Secret | undefined
    readonly password: Secret | undefined
    readonly tlsFingerprint: string | undefined
    /** `ssh` and its target: what the ecosystem's desktop application uses; read for `profiles import`. */
    readonly transport: string | undefined
    readonly sshTarget: string | undefined
    readonly sshIdentity: string | undefined
  }
}

const text = z.string().optional()
const section = z.looseObject({
  port: z.int().min(1).max(65_535).optional(),
  mode: text,
  socket: z.looseObject({ only: z.boolean().optional(), path: text }).optional(),
  auth: z.looseObject({ mode: text, token: text, password: text }).optional(),
  remote: z
    .looseObject({
      ...{ url: text, token: text, password: text, tlsFingerprint: text },
      ...{ transport: text, sshTarget: text, sshIdentity: text },
    })
    .optional(),
})

export type ConfigPlace = Pick<ClientPaths, 'configPath' | 'gatewayEnv'>

/**
 * Reads the file; a missing one is an empty one. Throws `config.invalid` for what would be guessed otherwise, and
 * `secret.unavailable` for a `gateway.env` that others can read.
 */
export async function readGatewayConfig(
  { configPath: path, gatewayEnv }: ConfigPlace,
  outer: Env,
): Promise<GatewayConfig> {
  const source = await readIfThere(path)
  const file = (await readSecretFile(gatewayEnv)) ?? ''
  const kept = variablesOf(file)
  const env = beneath(outer, file)
  const root = source === undefined ? {} : await parseSettings(path, source)
  const parsed = readAs(section, (isRecord(root) ? root.gateway : undefined) ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(path, `gateway.${issue?.path.map(String).join('.')}: ${issue?.message}`)
  }
  const { port, mode, socket = {}, auth = {}, remote = {} } = parsed.data
  const value = (at: string, raw: string | undefined) =>
    raw === undefined ? undefined : substitute(path, at, raw, env)
  const secret = (at: string, raw: string | undefined) => {
    const found = value(at, raw)?.trim()
    return found === undefined || found === '' ? undefined : new Secret(found)
  }
  // The gateway takes these where no setting says; who typed one for this run is asked before this is looked at.
  const password = secret('gateway.auth.password', auth.password ?? kept.CLAWDBOT_GATEWAY_PASSWORD)
  const hash = readPasswordHash(password?.reveal() ?? '')
  return {
    port,
    mode,
    onlySocket: socket.only ? { path: socket.path } : undefined,
    auth: {
      mode: auth.mode,
      token: secret('gateway.auth.token', auth.token ?? kept.CLAWDBOT_GATEWAY_TOKEN),
      password: hash ? undefined : password,
      hash,
    },
    remote: {
      url: value('gateway.remote.url', remote.url),
      token: secret('gateway.remote.token', remote.token),
      password: secret('gateway.remote.password', remote.password),
      tlsFingerprint: value('gateway.remote.tlsFingerprint', remote.tlsFingerprint),
      transport: remote.transport,
      sshTarget: value('gateway.remote.sshTarget', remote.sshTarget),
      sshIdentity: value('gateway.remote.sshIdentity', remote.sshIdentity),
    },
  }
}

/** Plain JSON needs no further parser, and most files are. */
export async function parseSettings(path: string, source: string): Promise<unknown> {
  try {
    return JSON.parse(source)
  } catch {
    const { default: json5 } = await import('json5')
    try {
      return json5.parse(source)
    } catch (error) {
      throw invalid(path, error instanceof Error ? error.message : String(error))
    }
  }
}

/** `${NAME}` becomes the variable, `$${NAME}` the literal `${NAME}`; other forms stay (section 14.1). */
function substitute(path: string, at: string, raw: string, env: Env): string {
  return raw.replace(/(\$?)\$\{([A-Z_][A-Z0-9_]*)\}/g, (whole, dollar: string, name: string) => {
    if (dollar !== '') return whole.slice(1)
    const found = env[name]
    if (found === undefined || found === '') {
      throw invalid(path, `Missing env var "${name}" referenced at config path: ${at}`)
    }
    return found
  })
}

function invalid(path: string, problem: string): Fault {
  return new Fault('config.invalid', `${path}: ${problem}`, { remedy: 'Correct the file, then try again.' })
}
