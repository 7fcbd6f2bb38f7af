/** The profiles side by side, and all that is known of the chosen one. Pure. */

import { cutRow, padRow, rowWidth, spread } from '../layout/fit.ts'
import { accent, accentStrong, chosen, chosenMuted, danger, muted, strong, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth, truncate } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'
import type { Member } from '../store/fleet.ts'
import { membersOf } from '../store/members.ts'
import type { State } from '../store/state.ts'
import { age, clockTime } from './ages.ts'
import { fiveMinutesMs, roundtripRows } from './connection-screen.ts'
import { type Panel, ruledTitle } from './panel-title.ts'
import { sparkline } from './sparkline.ts'
import { memberName, standingDot, standingWords, wishes, wishStyle } from './standing.ts'
import { waterfallRow } from './waterfall.ts'

/** Exactly `height` rows: the list, and below it the chosen one as far as there is room. */
export function profilesScreen(state: State, index: number, height: number, nowMs: number): Panel {
  const { columns } = state.view
  const members = membersOf(state)
  const chosenOne = members[Math.min(index, members.length - 1)]
  const detail = chosenOne ? detailRows(chosenOne, columns, nowMs) : []
  // In a low window the list comes first, and of the chosen one only what is wrong with it.
  const listRoom = Math.max(1, Math.min(members.length, Math.max(3, height - 3 - detail.length)))
  const top = Math.max(0, Math.min(index - Math.floor(listRoom / 2), members.length - listRoom))
  const nameWidth = Math.min(24, Math.max(...members.map((member) => textWidth(memberName(member)))))
  const list = members.slice(top, top + listRoom).map((member, at) => {
    return memberRow(member, member.id === state.fleet.currentId, top + at === index, nameWidth, columns)
  })
  const count = members.length > listRoom ? `${index + 1} of ${members.length}` : ''
  const all = [ruledTitle('Profiles', count, columns), ...(height < 12 ? [] : [[]]), ...list, [], ...detail]
  while (all.length < height) all.push([])
  return { rows: all.slice(0, height) }
}

/** From how wide a window on each row has its bars. */
const sparkColumns = 80

function memberRow(member: Member, isHere: boolean, isChosen: boolean, nameWidth: number, columns: number): Row {
  const quiet = isChosen ? chosenMuted : muted
  const wish = wishes(member).join(' · ')
  const bars = columns < sparkColumns ? '' : sparkline(member.roundtrips.samples, 0, fiveMinutesMs, 10)
  const right: Row = [
    plain(bars.trim() === '' ? '' : `${bars} `, isChosen ? chosenMuted : accent),
    plain(standingWords(member), quiet),
    plain(wish === '' ? '' : ` · ${wish}`, isChosen ? chosen : wishStyle(member)),
    plain(' ', quiet),
  ]
  const name = truncate(memberName(member), nameWidth)
  const dot = standingDot(member)
  const left: Row = [
    plain(` ${dot.text} `, isChosen ? chosen : dot.style),
    plain(name.padEnd(nameWidth + name.length - textWidth(name)), isChosen ? chosen : isHere ? accentStrong : strong),
    plain(columns < 60 ? '' : member.isWarm ? '  warm' : '      ', quiet),
    plain(`  ${oneLine(member.connection?.fault?.message ?? member.ways.join(', then '))}`, quiet),
  ]
  const room = columns - rowWidth(right) - 1
  const row = spread(cutRow(left, Math.max(nameWidth + 3, room)), right, columns, isChosen ? chosenMuted : undefined)
  return isChosen ? padRow(row, columns, chosenMuted) : row
}

/** What is wrong first: it is what one came for. */
function detailRows(member: Member, columns: number, nowMs: number): Row[] {
  const fault = member.connection?.fault
  const facts: [string, string | undefined][] = [
    ...member.ways.map((way, index): [string, string] => [index === 0 ? 'reached by' : 'else by', way]),
    ['kept', member.isWarm ? 'connected in the background' : 'connected while it is on screen'],
    [
      'last error',
      fault || !member.trouble ? undefined : `${clockTime(member.trouble.at, nowMs)} ${member.trouble.text}`,
    ],
    ['last here', member.usedAt === undefined ? undefined : ago(member.usedAt, nowMs)],
    ['', member.isSaved ? undefined : 'not saved: it was given for this visit'],
  ]
  const layers = member.connection?.layers ?? []
  return [
    ...(layers.length === 0 ? [] : [[plain('   '), ...waterfallRow(layers, columns - 4)]]),
    ...(fault ? textRows(fault.message, columns, member.connection?.phase === 'failed' ? danger : warning) : []),
    ...(fault?.remedy ? textRows(fault.remedy, columns, muted) : []),
    ...roundtripRows(member.roundtrips, columns).map((row): Row => [plain(' '), ...row]),
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [factRow(name, value, columns)])),
  ]
}

function ago(at: number, nowMs: number): string {
  const words = age(at, nowMs)
  return words === 'now' || words.includes('-') ? words : `${words} ago`
}

const textRows = (text: string, columns: number, style: typeof muted): Row[] =>
  wrapText(oneLine(text), Math.max(1, columns - 4)).map((line): Row => [plain('   '), plain(line, style)])

const factRow = (name: string, value: string, columns: number): Row =>
  cutRow([plain(`   ${name.padEnd(11)}`, muted), plain(oneLine(value))], columns)
