/** What a forward in the background and the command that started it say to each other until it is up. */

import { Fault, type FaultCode } from '../../shared/fault.ts'
import type { Question } from '../../tunnel/prompts.ts'
import type { ForwardNote } from './note.ts'

type ToldFault = {
  readonly code: FaultCode
  readonly message: string
  readonly remedy: string | undefined
  readonly details: Record<string, unknown> | undefined
}

export type ToStarter =
  | { readonly type: 'listening'; readonly forwards: ForwardNote['forwards'] }
  | { readonly type: 'up'; readonly route: string }
  | { readonly type: 'waiting'; readonly fault: ToldFault }
  | { readonly type: 'failed'; readonly fault: ToldFault }
  | { readonly type: 'question'; readonly id: number; readonly question: Question }

/** Secrets travel between the two processes over a pair of sockets no other process has. */
export type ToForward = { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
export type Answer = { readonly yes: boolean } | { readonly texts: readonly string[] } | { readonly declined: true }

export function told({ code, message, remedy, details }: Fault): ToldFault {
  return { code, message, remedy, details }
}

export function toFault({ code, message, remedy, details }: ToldFault): Fault {
  return new Fault(code, message, { ...(remedy && { remedy }), ...(details && { details }) })
}
