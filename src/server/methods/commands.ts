/** Small lists a protocol 4 terminal asks for at start (section 16.3). */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { HandlerContext } from '../gateway/context.ts'

export function commandsMethods(): HandlersOf<'commands', HandlerContext> {
  return {
    // Slash commands are the terminal's own so far; what the gateway understands in chat text is not listed here.
    'commands.list': () => ({ commands: [] }),
    'question.list': () => ({ questions: [] }),
    'plugin.approval.list': () => [],
  }
}
