/** What lies over the conversation: one panel at most, with a filter and a place in its list. */

import type { Action, Hit, OverlayKind } from './action.ts'

export type Overlay = {
  readonly kind: OverlayKind
  readonly filter: string
  /** The chosen row of a list, or the first row shown of a text. */
  readonly index: number
  /** What a status panel says. */
  readonly text: string
  /** Answers to `query`, which may be older than the filter. */
  readonly hits: readonly Hit[]
  readonly query: string
}

export function reduceOverlay(overlay: Overlay | undefined, action: Action): Overlay | undefined {
  switch (action.type) {
    case 'overlay.opened':
      return openOverlay(action.overlay, action.text)
    case 'overlay.closed':
    case 'screen.left':
    case 'session.opened':
      return undefined
    case 'overlay.filtered':
      return overlay && { ...overlay, filter: action.filter, index: 0 }
    case 'overlay.moved': {
      if (!overlay) return overlay
      const index = Math.max(0, Math.min(action.count - 1, overlay.index + action.by))
      return index === overlay.index ? overlay : { ...overlay, index }
    }
    case 'overlay.hits':
      return overlay?.kind === 'search' ? { ...overlay, query: action.query, hits: action.hits } : overlay
    default:
      return overlay
  }
}

function openOverlay(kind: OverlayKind, text = ''): Overlay {
  const isFilter = !['status', 'security', 'nodes', 'pair', 'pairing'].includes(kind)
  return { kind, filter: isFilter ? text : '', index: 0, text: isFilter ? '' : text, hits: [], query: '' }
}
