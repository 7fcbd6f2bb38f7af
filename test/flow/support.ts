/** What flow tests say to a gateway process: log in, send, look at what is stored. */

import { randomUUID } from 'node:crypto'
import { messageText } from '../../src/shared/model/message.ts'
import type { EventFrame, ResponseFrame } from '../../src/shared/protocol/frame.ts'
import type { RunningGateway } from '../support/built-gateway.ts'
import type { Introduction } from '../support/device.ts'
import { RawClient } from '../support/raw-client.ts'

export type Json = Record<string, unknown>
export type Stored = { role: string; content: unknown; stopReason?: string; isError?: boolean }

export const mainSession = 'agent:main:main'

/** Logged in with the token, as an admin that calls itself a command line unless told otherwise. */
export async function operator(
  { url, token }: Pick<RunningGateway, 'url' | 'token'>,
  intro: Introduction = {},
): Promise<RawClient> {
  const client = new RawClient(url)
  const answer = await client.connect({
    auth: { token },
    scopes: ['operator.admin'],
    ...intro,
    client: { id: 'cli', mode: 'cli', ...intro.client },
  })
  if (!answer.ok) throw new Error(`refused: ${answer.error?.message}`)
  return client
}

export function send(
  client: RawClient,
  message: string,
  idempotencyKey: string = randomUUID(),
  sessionKey = mainSession,
): Promise<ResponseFrame> {
  return client.request('chat.send', { sessionKey, message, idempotencyKey })
}

/** The payload of a call that must succeed. */
export async function call(client: RawClient, method: string, params: unknown = {}): Promise<Json> {
  const answer = await client.request(method, params)
  if (!answer.ok) throw new Error(`${method}: ${answer.error?.code} ${answer.error?.message}`)
  return answer.payload as Json
}

export async function history(client: RawClient, sessionKey = mainSession): Promise<Stored[]> {
  return (await call(client, 'chat.history', { sessionKey })).messages as Stored[]
}

/** The event that ends a run: final, aborted or error. */
export function ended(client: RawClient, runId: string): Promise<EventFrame> {
  const states = ['final', 'aborted', 'error']
  return client.event('chat', (payload) => payload.runId === runId && states.includes(String(payload.state)))
}

/** Sends a message and gives the whole reply, from its last event. */
export async function ask(client: RawClient, message: string, sessionKey = mainSession): Promise<string> {
  const runId = randomUUID()
  await send(client, message, runId, sessionKey)
  const { state, message: reply, errorMessage } = (await ended(client, runId)).payload as Json
  if (state !== 'final') throw new Error(`the run ended as ${state}: ${errorMessage}`)
  return textOf((reply as { content: unknown } | undefined)?.content ?? '')
}

export function textOf(content: unknown): string {
  return messageText(content as never)
}

/** The text of a run as a client of protocol 3 or 4 has it: that of its last delta. */
export function heard(client: RawClient, runId: string): string {
  const payloads = client.events.filter(({ event }) => event === 'chat').map(({ payload }) => payload as Json)
  const last = payloads.findLast((payload) => payload.runId === runId && payload.message !== undefined)
  return textOf((last?.message as { content: unknown } | undefined)?.content ?? '')
}
