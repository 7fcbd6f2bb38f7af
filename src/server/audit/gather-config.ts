/** What the settings and the environment amount to, with every secret replaced by what matters about it. */

import { errorText, Fault } from '../../shared/fault.ts'
import { sharedSecret } from '../config/effective.ts'
import { type ConfigEnv, type ConfigSnapshot, readConfig } from '../config/load.ts'
import { nodeAt, schemaTree } from '../config/outline.ts'
import { mapTexts, pathText } from '../config/positions.ts'
import { redactConfig } from '../config/redact.ts'
import { type Config, defaultConfig } from '../config/schema.ts'
import { isReference } from '../config/text.ts'
import { usableSecret } from '../gateway/admission/auth.ts'
import type { AuditFacts, SecretFacts } from './facts.ts'

/** Bits of the token a gateway makes for itself, in characters; see token-file.ts. */
const madeLength = 43

export function gatherConfig(path: string, env: ConfigEnv): Pick<AuditFacts, 'config' | 'secret'> {
  const { config, parsed, issues } = read(path, env)
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
function read(path: string, env: ConfigEnv): Pick<ConfigSnapshot, 'config' | 'parsed' | 'issues'> {
  try {
    return readConfig({ path, env })
  } catch (error) {
    const remedy = error instanceof Fault && error.remedy !== undefined ? { remedy: error.remedy } : {}
    return { config: defaultConfig(), parsed: {}, issues: [{ path: '', message: errorText(error), ...remedy }] }
  }
}

function writtenSecrets(parsed: unknown): string[] {
  const tree = schemaTree()
  const found: string[] = []
  mapTexts(parsed, (text, path) => {
    if (nodeAt(path, tree)?.secret === true && text !== '' && !isReference(text)) found.push(pathText(path))
    return text
  })
  return found
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
  if (!shared) return { mode: 'token', from: 'made', length: madeLength }
  const isInFile = sharedSecret(config, {})?.secret.reveal() === shared.secret.reveal()
  return { mode: shared.mode, from: isInFile ? 'config' : 'environment', length: shared.secret.reveal().length }
}
