/** What the settings and the environment amount to, with every secret replaced by what matters about it. */

import { errorText, Fault } from '../../shared/fault.ts'
import { sharedSecret } from '../config/effective.ts'
import { type ConfigEnv, type ConfigPlace, type ConfigSnapshot, readConfig } from '../config/load.ts'
import { redactConfig } from '../config/redact.ts'
import { type Config, defaultConfig } from '../config/schema.ts'
import { writtenSecrets } from '../config/secret-places.ts'
import { usableSecret } from '../gateway/admission/auth.ts'
import { lackOf, lengthOf } from '../gateway/admission/password-hash.ts'
import type { AuditFacts, SecretFacts } from './facts.ts'

/** Bits of the token a gateway makes for itself, in characters; see token-file.ts. */
const madeLength = 43

export function gatherConfig(place: ConfigPlace): Pick<AuditFacts, 'config' | 'secret'> {
  const { config, parsed, issues, env } = read(place)
  const { path } = place
  return {
    config: {
      path,
      settings: redactConfig(config) as Config,
      issues,
      writtenSecrets: writtenSecrets(parsed),
      placeholders: placeholders(config, env),
    },
    secret: secretFacts(config, env),
  }
}

/** A file that is a link or another account's is refused by whoever reads it; that is then its one problem. */
function read(place: ConfigPlace): Pick<ConfigSnapshot, 'config' | 'parsed' | 'issues' | 'env'> {
  try {
    return readConfig(place)
  } catch (error) {
    const remedy = error instanceof Fault && error.remedy !== undefined ? { remedy: error.remedy } : {}
    const issues = [{ path: '', message: errorText(error), ...remedy }]
    return { config: defaultConfig(), parsed: {}, issues, env: place.env }
  }
}

function placeholders({ gateway }: Config, env: ConfigEnv): string[] {
  const places: readonly [string, string | undefined][] = [
    ['gateway.auth.token', gateway.auth.token],
    ['gateway.auth.password', gateway.auth.password],
    ['CLAWDBOT_GATEWAY_TOKEN', env.CLAWDBOT_GATEWAY_TOKEN],
    ['CLAWDBOT_GATEWAY_PASSWORD', env.CLAWDBOT_GATEWAY_PASSWORD],
  ]
  return places.flatMap(([place, text = '']) => (text.trim() !== '' && !usableSecret(text) ? [place] : []))
}

function secretFacts(config: Config, env: ConfigEnv): SecretFacts {
  const shared = sharedSecret(config, env)
  if (!shared) return { mode: 'token', from: 'made', length: madeLength, isGuessable: false }
  const isInFile = sharedSecret(config, {})?.secret.reveal() === shared.secret.reveal()
  return {
    mode: shared.mode,
    from: isInFile ? 'config' : 'environment',
    length: lengthOf(shared),
    isGuessable: lackOf(shared) === 'guessable',
  }
}
