/** One row under the header: every gateway that matters now, how it stands and what it has for the person. Pure. */

import { keyOf } from '../commands/keymap.ts'
import { cutRow, rowWidth, spread } from '../layout/fit.ts'
import { accentStrong, muted } from '../layout/items/styles.ts'
import { plain, type Row, type Span } from '../layout/span.ts'
import type { Member } from '../store/fleet.ts'
import { membersOfInterest, wants } from '../store/members.ts'
import type { State } from '../store/state.ts'
import { memberName, standingDot, wishes, wishStyle } from './standing.ts'

/** None where there is but one gateway; in a low window only when another one wants something. */
export function gatewayBar(state: State, isLow: boolean): readonly Row[] {
  const members = membersOfInterest(state)
  const { currentId } = state.fleet
  const isWorthARow = isLow ? members.some((member) => member.id !== currentId && wants(member)) : members.length > 1
  return members.length > 1 && isWorthARow ? [barRow(members, currentId, state.view.columns)] : []
}

/** Who wants something is never left out for who does not. */
function barRow(members: readonly Member[], currentId: string, columns: number): Row {
  const hint: Row = [plain(keyOf('gateways'), muted)]
  const room = columns - rowWidth(hint) - 1
  const shown = new Set<Member>()
  const width = () => members.filter((member) => shown.has(member)).reduce((sum, it) => sum + cells(it, currentId), 0)
  const rank = (member: Member): number => (member.id === currentId ? 0 : wants(member) ? 1 : 2)
  for (const member of members.toSorted((a, b) => rank(a) - rank(b))) {
    const isLast = shown.size === members.length - 1
    if (shown.size > 0 && width() + cells(member, currentId) > room - (isLast ? 0 : moreWidth)) break
    shown.add(member)
  }
  const hidden = members.length - shown.size
  const parts = members.flatMap((member) => (shown.has(member) ? memberSpans(member, currentId) : []))
  return spread(cutRow([...parts, ...(hidden > 0 ? [plain(`+${hidden}`, muted)] : [])], room), hint, columns)
}

/** Columns kept for `+9`. */
const moreWidth = 3

const cells = (member: Member, currentId: string): number => rowWidth(memberSpans(member, currentId))

function memberSpans(member: Member, currentId: string): Span[] {
  const wish = member.id === currentId ? [] : wishes(member)
  return [
    standingDot(member),
    plain(` ${memberName(member)}`, member.id === currentId ? accentStrong : muted),
    ...(wish.length > 0 ? [plain(` ${wish.join(', ')}`, wishStyle(member))] : []),
    plain('  '),
  ]
}
