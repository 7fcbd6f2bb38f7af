/** Which secrets stand in the configuration file itself, and which variables it names instead. Pure. */

import { readPasswordHash } from '../../shared/password-hash.ts'
import { nodeAt, schemaTree } from './outline.ts'
import { mapTexts, pathText } from './positions.ts'
import { isReference, variablesIn } from './text.ts'

/** Settings whose secret can be read in the file, or in the part of it at `place`. A hash cannot be used in place of its password. */
export function writtenSecrets(parsed: unknown, place: readonly (string | number)[] = []): string[] {
  const tree = schemaTree()
  const found: string[] = []
  mapTexts(parsed, (text, inside) => {
    const path = [...place, ...inside]
    const isSecret = nodeAt(path, tree)?.secret === true && text !== ''
    if (isSecret && !isReference(text) && !readPasswordHash(text)) found.push(pathText(path))
    return text
  })
  return found
}

/** Every `${NAME}` with the setting it stands in. */
export function referencesIn(parsed: unknown): { setting: string; name: string }[] {
  const found: { setting: string; name: string }[] = []
  mapTexts(parsed, (text, path) => {
    for (const name of variablesIn(text)) found.push({ setting: pathText(path), name })
    return text
  })
  return found
}
