/** Connects a gateway to the store: its state, its events, what became of sent messages. */

import type { Attachment } from '../../client/connection-api.ts'
import { type Delivery, standing } from '../../client/outbox.ts'
import type { Payload } from '../../shared/protocol/table.ts'
import { canonicalKey } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Action } from '../store/action.ts'
import { actionOf } from './feed.ts'
import { createFrames, type Frames } from './frames.ts'
import type { Gateway } from './port.ts'

export type Heard = {
  /** This many events were missed in a break, and have all come now. */
  onResumed(count: number): void
  /** Somebody wrote to a chat service and waits to be let in. */
  onPerson(person: Payload<'channels.pairing.requested'>): void
}

/** Runs in flight; `flush` belongs before every key. The disposer ends it. */
export function attach(
  gateway: Gateway,
  dispatch: (action: Action) => void,
  clock: Clock,
  { onResumed, onPerson }: Heard,
): Frames & Disposable {
  const frames = createFrames(dispatch, clock)
  // Messages of an earlier visit; a connection that opens late brings them with a change of its view.
  const showUnsent = () => {
    for (const entry of gateway.outbox.entries) frames.push(askedAction(entry))
  }
  showUnsent()
  const ends = [
    gateway.subscribe(() => {
      showUnsent()
      // What was said before the change of state belongs before it.
      frames.flush()
      dispatch({ type: 'connection.changed', view: gateway.view, at: clock.now() })
    }),
    gateway.events((event) => {
      const action = actionOf(event, clock.now())
      if (action) frames.push(action)
      if (event.name === 'channels.pairing.requested') onPerson(event.payload)
    }),
    gateway.attachments((attachment) => {
      frames.push(attachedAction(attachment, gateway))
      if (attachment.kind === 'resumed' && attachment.replayed > 0) onResumed(attachment.replayed)
    }),
    gateway.outbox.deliveries((delivery) => {
      frames.push(deliveryAction(delivery))
    }),
  ]
  return {
    ...frames,
    [Symbol.dispose]() {
      for (const end of ends) end()
    },
  }
}

function askedAction(entry: Delivery['entry']): Action {
  const { sessionKey, idempotencyKey: runId, message: text } = entry
  return { type: 'message.asked', key: canonicalKey(sessionKey), runId, text, at: standing(entry) }
}

function attachedAction({ kind, runs }: Attachment, gateway: Gateway): Action {
  const tellsRuns = gateway.view.hello?.features.methods.includes('reattach') === true
  const canonical = runs.map((run) => ({ ...run, sessionKey: canonicalKey(run.sessionKey) }))
  return { type: 'attached', kind, runs: canonical, tellsRuns }
}

function deliveryAction(delivery: Delivery): Action {
  const { entry } = delivery
  const at = { key: canonicalKey(entry.sessionKey), runId: entry.idempotencyKey }
  switch (delivery.kind) {
    case 'accepted':
      return acceptedAction(at, delivery.status)
    case 'refused':
      return { type: 'message.refused', ...at, problem: delivery.fault.message }
    case 'gone':
      return { type: 'message.withdrawn', ...at }
    case 'expired':
      return { type: 'message.refused', ...at, problem: 'It waited too long for the gateway and was not sent.' }
  }
}

/** A message that only stopped other runs has no run of its own. */
function acceptedAction(at: { key: string; runId: string }, status: string): Action {
  if (status === 'started' || status === 'in_flight') return { type: 'message.accepted', ...at, isOver: false }
  const isRun = status === 'ok' || status === 'error' || status === 'timeout'
  return isRun ? { type: 'message.accepted', ...at, isOver: true } : { type: 'message.withdrawn', ...at }
}
