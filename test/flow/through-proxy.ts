/** A gateway as a process behind a proxy that breaks the line, and what a client has seen of a run through it. */

import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Observed } from '../client/support.ts'
import { type Chaos, ChaosProxy } from '../support/chaos-proxy.ts'
import { freePort } from '../support/free-port.ts'
import type { SlowModel } from '../support/slow-model.ts'
import { mainSession } from './support.ts'

/** A proxy, and the configuration and port of the gateway behind it, which has to know the proxy's address as its own. */
export async function proxied(model: SlowModel, chaos?: (connection: number) => Chaos) {
  const port = await freePort()
  const proxy = await ChaosProxy.before(port, chaos)
  const config = model.config({ gateway: { allowedHosts: [new URL(proxy.url).host] } })
  return { proxy, options: { config, port } }
}

/** What a screen would have of a run, ending included; every run's text is kept from its own deltas. */
export function ending(seen: Observed, runId: string) {
  return seen.events.filter(
    ({ name, payload }) =>
      name === 'chat' && (payload as { runId: string; state: string }).runId === runId && payload.state !== 'delta',
  )
}

export async function add(seen: Observed, message: string, idempotencyKey: string = randomUUID()): Promise<string> {
  await seen.connection.outbox.add({ sessionKey: mainSession, message, idempotencyKey })
  return idempotencyKey
}

export async function patiently(check: () => boolean, limitMs: number, what: () => string): Promise<void> {
  await expect
    .poll(check, { timeout: limitMs, interval: 10 })
    .toBe(true)
    .catch((cause: unknown) => {
      throw new Error(`It did not come: ${what()}`, { cause }) // what was so at the end of the wait
    })
}
