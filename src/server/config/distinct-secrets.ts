/**
 * The gateway's own secrets are nobody else's (AU13): who is told one for another purpose, such as a model vendor its key,
 * would hold the gateway with it. Looked at as they are after references and variables were put in.
 */

import { Fault } from '../../shared/fault.ts'
import { usableSecret } from '../gateway/admission/auth.ts'
import type { GatewayFlags } from './effective.ts'
import type { ConfigEnv, ConfigSnapshot } from './load.ts'
import { nodeAt, schemaTree } from './outline.ts'
import { mapTexts } from './positions.ts'
import type { Config } from './schema.ts'

type Named = { readonly name: string; readonly value: string }

/** Throws `config.invalid`, with the names of both and no value. `vendorKeys` are those of the environment. */
export function checkDistinctSecrets(
  { config, env }: Pick<ConfigSnapshot, 'config' | 'env'>,
  flags: GatewayFlags,
  vendorKeys: readonly string[],
): void {
  const own = ownSecrets(config, env, flags)
  const others = [...configured(config), ...vendorKeys.map((value) => ({ name: 'the key of a model vendor', value }))]
  for (const [at, secret] of own.entries()) {
    const twin = [...own.slice(at + 1), ...others].find(({ value }) => value === secret.value)
    if (twin) throw twinned(secret.name, twin.name)
  }
}

function ownSecrets(config: Config, env: ConfigEnv, flags: GatewayFlags): Named[] {
  const { auth } = config.gateway
  const places: [string, string | undefined][] = [
    ['gateway.auth.token', flags.token ?? auth.token ?? env.CLAWDBOT_GATEWAY_TOKEN],
    ['gateway.auth.password', flags.password ?? auth.password ?? env.CLAWDBOT_GATEWAY_PASSWORD],
  ]
  return places.flatMap(([name, text]) => {
    const value = usableSecret(text)?.reveal()
    return value === undefined ? [] : [{ name, value }]
  })
}

/**
 * All others of the settings. Those of `gateway.remote` may be this gateway's own, for programs here that read them; what
 * `env` sets is counted where it is used.
 */
function configured(config: Config): Named[] {
  const tree = schemaTree()
  const found: Named[] = []
  mapTexts(config, (value, path) => {
    const [first, second] = path
    const isCounted = first !== 'env' && !(first === 'gateway' && (second === 'auth' || second === 'remote'))
    if (isCounted && value !== '' && nodeAt(path, tree)?.secret === true) found.push({ name: path.join('.'), value })
    return value
  })
  return found
}

function twinned(name: string, other: string): Fault {
  return new Fault('config.invalid', `${name} and ${other} are the same secret`, {
    remedy: `Give the gateway one of its own: set ${name} to what \`openssl rand -hex 32\` prints.`,
  })
}
