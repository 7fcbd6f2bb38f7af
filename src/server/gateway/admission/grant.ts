/** Which scopes a connection asks for and which it gets: asked ∩ granted, never what it merely declares (AU9). */

import { hasScope, operatorScopes, type Role, type Scope } from '../../../shared/protocol/scope.ts'
import type { ProtocolVersion } from '../../../shared/protocol/version.ts'

const known = new Set<string>(operatorScopes)

/** Section 4.4: an absent list means admin in protocol 3 and nothing in protocol 4; nodes have no operator scopes. */
export function askedScopes(protocol: ProtocolVersion, role: Role, sent: readonly string[] | undefined): string[] {
  if (role === 'node') return []
  const asked = [...new Set(sent ?? [])]
  if (asked.length === 0) return protocol === 3 ? ['operator.admin'] : []
  return asked.filter((scope) => known.has(scope))
}

/** True when every asked scope is held, or implied by one that is. */
export function covers(held: readonly string[], asked: readonly string[]): boolean {
  const set = new Set(held)
  return asked.every((scope) => hasScope(set, scope.replace(/^operator\./, '') as Scope))
}

/** What of the asked scopes is held: those that are, and those held that an asked one implies. */
export function narrowed(held: readonly string[], asked: readonly string[]): string[] {
  const both = [...asked.filter((scope) => covers(held, [scope])), ...held.filter((scope) => covers(asked, [scope]))]
  return [...new Set(both)]
}
