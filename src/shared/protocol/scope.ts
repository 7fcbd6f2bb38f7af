/** Roles, scopes and which scopes satisfy which need (gateway protocol, section 4.4). */

export type Role = 'operator' | 'node'

/** What a method needs. `public` is for any connected peer of the method's role. */
export type Scope = 'public' | 'read' | 'write' | 'approvals' | 'pairing' | 'admin'

export const operatorScopes = [
  'operator.admin',
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.pairing',
] as const

/** Admin implies all; write implies read. Unknown scope names grant nothing. */
export function hasScope(granted: ReadonlySet<string>, needed: Scope): boolean {
  if (needed === 'public' || granted.has('operator.admin')) return true
  if (granted.has(`operator.${needed}`)) return true
  return needed === 'read' && granted.has('operator.write')
}
