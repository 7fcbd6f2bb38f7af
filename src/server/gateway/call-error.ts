/** A refusal a handler words exactly as the wire wants it; clients match on these texts (section 2.2). */

import type { ErrorCode } from '../../shared/protocol/frame.ts'

export type CallErrorOptions = {
  details?: Record<string, unknown>
  retryable?: boolean
  retryAfterMs?: number
  /** Sent beside the error; only the second response of `agent` has one. */
  payload?: unknown
}

/** Thrown by handlers. A `Fault` works too: dispatch chooses its code; use this one where the code or text is fixed. */
export class CallError extends Error {
  readonly code: ErrorCode
  readonly options: CallErrorOptions

  constructor(code: ErrorCode, message: string, options: CallErrorOptions = {}) {
    super(message)
    this.name = 'CallError'
    this.code = code
    this.options = options
  }
}

/** The commonest one: the request itself is wrong. */
export function invalidRequest(message: string, details?: Record<string, unknown>): CallError {
  return new CallError('INVALID_REQUEST', message, details ? { details } : {})
}
