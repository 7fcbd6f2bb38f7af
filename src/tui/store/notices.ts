/** Short messages to the reader that pass: one line each, the newest shows. */

import type { Action, Notice } from './action.ts'

export type Notices = readonly Notice[]

/** More than these nobody reads; the oldest go. */
const maxNotices = 5

export function reduceNotices(notices: Notices, action: Action): Notices {
  switch (action.type) {
    case 'notice.shown': {
      const others = notices.filter(({ id, text }) => id !== action.notice.id && text !== action.notice.text)
      return [...others, action.notice].slice(-maxNotices)
    }
    case 'notice.closed':
      return notices.some(({ id }) => id === action.id) ? notices.filter(({ id }) => id !== action.id) : notices
    default:
      return notices
  }
}
