/**
 * Our extension for live output of `system.run`. To a gateway that lists the event `node.invoke.output`, our node says of
 * each piece in `node.invoke.progress` which stream it is of and what precedes it there; the gateway passes it on to the
 * connection that called `node.invoke`, if that declared the cap `node-output`. The answer carries the whole as ever.
 */

import * as z from 'zod'
import { defineEvent } from './event.ts'

/** `offset`: UTF-16 units of that stream before the piece. `isAsking`: the node asks its own person first. */
export const outputPlace = () => ({
  stream: z.enum(['stdout', 'stderr']).optional(),
  offset: z.int().min(0).optional(),
  isAsking: z.boolean().optional(),
})

export const nodeInvokeOutput = defineEvent({
  name: 'node.invoke.output',
  about:
    'A piece of output of the command that was asked for under that key, or that a person is asked first, at the node or at the gateway; ' +
    'addressed to the caller alone, without seq. An extension of ours for peers with the cap `node-output`.',
  scope: 'write',
  payload: () =>
    z.looseObject({
      ...{ nodeId: z.string(), idempotencyKey: z.string(), chunk: z.string(), ...outputPlace() },
      /** Who asks a person first; the node where it is not said. */
      asker: z.literal('gateway').optional(),
    }),
  droppable: true,
})
