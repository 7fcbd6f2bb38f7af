/** Replies that ended while another gateway was on screen. */

import type { Action } from './action.ts'

export type Attention = {
  readonly isOnScreen: boolean
  /** Ids of the runs that ended unseen. */
  readonly unread: readonly string[]
}

/** More than these are `99+` to anybody. */
const maxUnread = 100

export const initialAttention: Attention = { isOnScreen: true, unread: [] }

export function reduceAttention(attention: Attention, action: Action): Attention {
  switch (action.type) {
    case 'screen.entered':
      return attention.isOnScreen ? attention : initialAttention
    case 'screen.left':
      return attention.isOnScreen ? { isOnScreen: false, unread: [] } : attention
    case 'run.news': {
      const { isOnScreen, unread } = attention
      const isNew = action.news.type === 'ended' && !isOnScreen && !unread.includes(action.runId)
      return isNew && unread.length < maxUnread ? { isOnScreen, unread: [...unread, action.runId] } : attention
    }
    default:
      return attention
  }
}
