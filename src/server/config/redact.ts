/** The configuration as peers may see it: every secret replaced. */

import { redactedValue } from '../../shared/protocol/config.ts'
import { nodeAt, schemaTree } from './outline.ts'
import { mapTexts } from './positions.ts'
import { isReference } from './text.ts'

/** A name that suggests a secret, for values the schema does not know (an invalid file is shown too). */
const suspicious = /token|password|passwd|secret|key$|authorization|credential/i

/**
 * A copy with `redactedValue` in place of each secret. `${NAME}` alone is no secret: it says where one is. Inside
 * anything the schema does not know, all text under a suspicious name is replaced.
 */
export function redactConfig(value: unknown): unknown {
  const tree = schemaTree()
  return mapTexts(value, (text, path) => {
    if (text === '' || isReference(text)) return text
    const node = nodeAt(path, tree)
    const isSecret = node ? node.secret === true : path.some((part) => suspicious.test(String(part)))
    return isSecret ? redactedValue : text
  })
}

/** Every secret value in a configuration, for the log to mask. */
export function secretsOf(config: unknown): string[] {
  const tree = schemaTree()
  const found: string[] = []
  mapTexts(config, (text, path) => {
    if (nodeAt(path, tree)?.secret === true && text !== '') found.push(text)
    return text
  })
  return found
}
