/**
 * Our one extension for lossless reconnects. A peer that declares the cap `reattach` gets no events after `hello-ok`
 * until it calls `reattach` (held back for at most 5 s), and its `chat` deltas carry `offset` and `deltaText` instead of the whole text so
 * far. After a reconnect it names the connection it had and the last `seq` it saw there; the gateway then sends exactly
 * the events that connection missed, as ordinary events of the new connection, and after them the response.
 */

import * as z from 'zod'
import { defineMethod } from './method.ts'

/** A reply being written now: everything said so far, so that a newcomer can join in the middle. */
export const runSnapshot = z.looseObject({
  runId: z.string(),
  sessionKey: z.string(),
  /** Text so far; the next delta's `offset` is at most its length. */
  text: z.string(),
  thinking: z.string().optional(),
  startedAt: z.number(),
  queued: z.boolean().optional(),
})
export type RunSnapshot = z.infer<typeof runSnapshot>

const reattach = defineMethod({
  name: 'reattach',
  about: 'Starts the flow of events, from where an earlier connection stopped if that is still known.',
  scope: 'read',
  extension: true,
  params: () =>
    z.strictObject({
      from: z.strictObject({ connId: z.string().min(1).max(128), seq: z.int().min(0) }).optional(),
    }),
  /**
   * `fresh`: nothing was asked. `resumed`: all that was missed has been sent, so `runs` is empty. `lost`: start over with
   * `chat.history`.
   */
  result: () =>
    z.looseObject({
      status: z.enum(['fresh', 'resumed', 'lost']),
      replayed: z.int(),
      runs: z.array(runSnapshot),
    }),
})

export const reattachMethods = [reattach] as const
