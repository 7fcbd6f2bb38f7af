/** Which keys are offered to a host, and in what order (TU15). */

import type { Prompts } from '../prompts.ts'
import type { SshHost } from './host.ts'
import { agentKeys, fileKey, type PersonalKey } from './keys.ts'

export type PersonalKeys = {
  /** In the order they are offered; a server may hang up before the last. */
  readonly inOrder: readonly PersonalKey[]
  /** Files that hold a key which cannot be used, each with the reason. */
  readonly problems: readonly string[]
}

export async function personalKeys(host: SshHost, prompts: Prompts): Promise<PersonalKeys> {
  if (!host.pubkey) return { inOrder: [], problems: [] }
  const [held, files] = await Promise.all([
    host.agentSocket === undefined ? [] : agentKeys(host.agentSocket),
    Promise.all(host.identityFiles.map((path) => fileKey(path, prompts))),
  ])
  const named = files.flatMap((file) => ('key' in file ? [file.key] : []))
  const problems = files.flatMap((file) => ('problem' in file && file.problem !== undefined ? [file.problem] : []))
  return { inOrder: orderKeys(host, held, named), problems }
}

/** A named key that the agent holds comes first, then those named, then what else the agent holds, unless only named ones may be used. */
function orderKeys(host: SshHost, held: readonly PersonalKey[], named: readonly PersonalKey[]): PersonalKey[] {
  const isHeld = (key: PersonalKey) => held.find(({ blob }) => blob.equals(key.blob))
  const isNamed = (key: PersonalKey) => named.some(({ blob }) => blob.equals(key.blob))
  const chosen = named.map((key) => isHeld(key) ?? key)
  const others = host.identitiesOnly ? [] : held.filter((key) => !isNamed(key))
  const byAgent = chosen.filter((key) => key.isFromAgent)
  const byFile = chosen.filter((key) => !key.isFromAgent && !key.isPublicOnly)
  return host.areIdentitiesNamed ? [...byAgent, ...byFile, ...others] : [...byAgent, ...others, ...byFile]
}
