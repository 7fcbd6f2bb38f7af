/** How the conversation is looked at: the size of the screen, where the reader is, what is unfolded. */

import type { Anchor } from '../layout/window.ts'
import type { Action, Sought } from './action.ts'

export type View = {
  readonly columns: number
  readonly rows: number
  readonly anchor: Anchor
  /** Where one wants to be, until the conversation is loaded or one goes elsewhere. */
  readonly sought?: Sought | undefined
  /** Keys of a chord that waits for its next one. */
  readonly chord: readonly string[]
  /** Every tool card unfolded, every thought shown whole. */
  readonly showsTools: boolean
  readonly showsThoughts: boolean
  /** Single items that differ from that. */
  readonly toggled: ReadonlySet<string>
}

export const initialView = (columns: number, rows: number): View => ({
  columns,
  rows,
  anchor: { kind: 'bottom' },
  chord: [],
  showsTools: false,
  showsThoughts: false,
  toggled: new Set(),
})

export function reduceView(view: View, action: Action): View {
  switch (action.type) {
    case 'view.resized':
      if (action.columns === view.columns && action.rows === view.rows) return view
      return { ...view, columns: action.columns, rows: action.rows }
    case 'view.scrolled':
      return settle(isSameAnchor(view.anchor, action.anchor) ? view : { ...view, anchor: action.anchor })
    case 'view.settled':
      return settle(view)
    case 'chord.pressed':
      return { ...view, chord: action.keys }
    case 'view.toggled':
      return action.what === 'tools'
        ? { ...view, showsTools: !view.showsTools, toggled: new Set() }
        : { ...view, showsThoughts: !view.showsThoughts, toggled: new Set() }
    case 'item.toggled':
      return { ...view, toggled: flip(view.toggled, action.id) }
    case 'session.opened':
      return action.sought ? { ...atBottom(view), sought: action.sought } : settle(atBottom(view))
    case 'message.asked': // whoever sends wants to see the answer
    case 'session.reset':
      return settle(atBottom(view))
    default:
      return view
  }
}

const atBottom = (view: View): View => (view.anchor.kind === 'bottom' ? view : { ...view, anchor: { kind: 'bottom' } })

const settle = (view: View): View => (view.sought ? { ...view, sought: undefined } : view)

function flip(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return next
}

function isSameAnchor(a: Anchor, b: Anchor): boolean {
  if (a.kind === 'bottom' || b.kind === 'bottom') return a.kind === b.kind
  return a.item === b.item && a.row === b.row
}
