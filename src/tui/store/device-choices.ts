/** What can be decided about a device that wants in. Pure. */

import type { ConnectionView } from '../../client/connection-api.ts'
import type { Pending } from '../../client/device-words.ts'
import { hasScope, type Scope } from '../../shared/protocol/scope.ts'
import { scopesHeld } from './rights.ts'

/** What to do about one: decide later, refuse it, or grant some or all of what it asks. */
export type DeviceChoice = 'later' | 'reject' | 'read' | 'no-admin' | 'all'

const lessThanAdmin = ['operator.read', 'operator.write', 'operator.approvals']

/** The scopes a choice grants; undefined for all that is asked. */
export function grantOf(device: Pending, choice: DeviceChoice): readonly string[] | undefined {
  const asked = new Set(device.scopes)
  if (choice === 'all') return undefined
  return (choice === 'read' ? ['operator.read'] : lessThanAdmin).filter((scope) => covers(asked, scope))
}

/** What can be chosen: nobody grants more than they hold, and some gateways grant all or nothing. */
export function choicesFor(device: Pending, connection: ConnectionView): readonly DeviceChoice[] {
  const held = scopesHeld(connection)
  const asked = device.scopes ?? []
  const isHeld = (scope: string): boolean => held === undefined || covers(held, scope)
  const isNode = device.role === 'node'
  const takesFewer = connection.hello?.features.methods.includes('device.pair.grant') === true && !isNode
  const fewer = (['read', 'no-admin'] as const).filter((choice) => {
    const granted = grantOf(device, choice) ?? []
    const isLess = asked.some((scope) => !covers(new Set(granted), scope))
    const isMore = choice === 'read' || granted.length > 1
    return takesFewer && granted.length > 0 && isLess && isMore && granted.every(isHeld)
  })
  const mayAll = isNode ? isHeld('operator.admin') : asked.every(isHeld)
  return ['later', 'reject', ...fewer, ...(mayAll ? (['all'] as const) : [])]
}

function covers(held: ReadonlySet<string>, scope: string): boolean {
  return hasScope(held, scope.replace(/^operator\./, '') as Scope)
}
