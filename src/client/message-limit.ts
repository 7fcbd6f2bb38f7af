/** How long a message may be, as a person is told it before anything is sent. */

import { Fault } from '../shared/fault.ts'
import { maxMessageLength } from '../shared/protocol/chat.ts'

/** Says what is wrong with a text that no gateway would take; `what` is how a person calls it. */
export function tooLong(text: string, what: string): Fault | undefined {
  if (text.length <= maxMessageLength) return undefined
  return new Fault('usage.invalid', `${what} is longer than ${maxMessageLength} characters`, {
    remedy: 'Shorten it, or put it into a file of the workspace and ask about that.',
  })
}
