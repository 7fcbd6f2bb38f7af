/** How an event of the wire is defined: its name, who may hear it, what it carries. */

import type * as z from 'zod'
import { once } from '../std/once.ts'
import type { Scope } from './scope.ts'

export type Event<N extends string = string, P extends z.ZodType = z.ZodType> = {
  readonly name: N
  readonly about: string
  /** Operators need this scope to hear it. `public` reaches every peer, nodes included. */
  readonly scope: Scope
  readonly payload: P
  /** A slow reader may lose it; others are closed rather than left with a hole (section 2.5). */
  readonly droppable: boolean
}

/** As for a method, the schema is built when it is first used. */
export function defineEvent<const N extends string, P extends z.ZodType>(event: {
  name: N
  about: string
  scope: Scope
  payload: () => P
  droppable?: boolean
}): Event<N, P> {
  const { payload, ...facts } = event
  const schema = once(payload)
  return {
    droppable: false,
    ...facts,
    get payload() {
      return schema()
    },
  }
}
