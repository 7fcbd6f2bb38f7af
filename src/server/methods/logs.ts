/** `logs.tail`: the gateway's own log, line by line. */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { HandlerContext } from '../gateway/context.ts'
import { tailLog } from '../log/tail.ts'

export function logsMethods(parts: { logFile(): string }): HandlersOf<'logs', HandlerContext> {
  return {
    'logs.tail': (range) => tailLog(parts.logFile(), range),
  }
}
