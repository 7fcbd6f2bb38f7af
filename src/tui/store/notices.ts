/** Short messages to the reader that pass: one line each, the newest shows. */

import type { Action, Notice } from './action.ts'

export type Notices = readonly Notice[]

/** More than these nobody reads; the oldest go. */
const maxNotices = 5

/** `isBack`: with this action a connection that was lost, or did not answer, is sound again. */
export function reduceNotices(notices: Notices, action: Action, isBack: boolean): Notices {
  switch (action.type) {
    case 'notice.shown': {
      const others = notices.filter(({ id, text }) => id !== action.notice.id && text !== action.notice.text)
      return [...others, action.notice].slice(-maxNotices)
    }
    case 'notice.closed':
      return notices.some(({ id }) => id === action.id) ? notices.filter(({ id }) => id !== action.id) : notices
    case 'connection.changed':
      return isBack && notices.some(isOver) ? notices.filter((notice) => !isOver(notice)) : notices
    default:
      return notices
  }
}

const isOver = ({ isUntilLive }: Notice): boolean => isUntilLive === true
