/** What this device may do at the gateway on screen. Pure. */

import type { ConnectionView } from '../../client/connection-api.ts'
import { hasScope, type Scope } from '../../shared/protocol/scope.ts'

/** As the last hello said; undefined where a gateway does not say. */
export function scopesHeld(connection: ConnectionView): ReadonlySet<string> | undefined {
  const scopes = connection.hello?.auth?.scopes
  return scopes && new Set(scopes)
}

/** Whether it may, as far as is known: a gateway that does not say is asked. */
export function may(connection: ConnectionView, scope: Scope): boolean {
  const held = scopesHeld(connection)
  return held === undefined || hasScope(held, scope)
}

/** It sees what is said and may not take part. */
export const isReadOnly = (connection: ConnectionView): boolean => !may(connection, 'write')
