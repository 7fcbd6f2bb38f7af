/** One message, its answer streamed as plain text: what a pipe gets, and `clawdbot agent`. */

import { randomUUID } from 'node:crypto'
import { EventFlow } from '../client/reattach.ts'
import { Fault } from '../shared/fault.ts'
import { cutOff } from '../shared/model/cut-off.ts'
import { messageText } from '../shared/model/message.ts'
import type { ChatPayload } from '../shared/protocol/chat.ts'
import type { PendingApproval } from '../shared/protocol/exec.ts'
import type { GatewayEvent } from '../shared/rpc/client.ts'
import { canonicalKey } from '../shared/session-key.ts'
import type { Surroundings } from './command.ts'
import type { Gateway } from './gateway-call.ts'
import { harmless, oneLine } from './style.ts'

export type Question = {
  readonly message: string
  readonly sessionKey?: string | undefined
  readonly thinking?: string | undefined
}

/**
 * Sends `question` and writes the answer as it comes; only the answer goes to `out`. Resolves with 0, 1 for a run that
 * failed, 130 for Ctrl+C, which stops the run as well.
 */
export async function streamAnswer(gateway: Gateway, question: Question, world: Surroundings): Promise<number> {
  const sessionKey = question.sessionKey ?? canonicalIn(gateway, undefined)
  const runId = randomUUID()
  const writer = new AnswerWriter(world.out)
  const ended = new Promise<ChatPayload>((resolve) => {
    follow(gateway, sessionKey, world, (event) => {
      if (event.name !== 'chat' || event.payload.runId !== runId) return
      if (event.payload.state === 'delta') writer.delta(event.payload)
      else if (event.payload.state !== 'status') resolve(event.payload)
    })
  })
  const { message, thinking } = question
  const params = { sessionKey, message, deliver: false, idempotencyKey: runId }
  const sent = await gateway.call('chat.send', thinking === undefined ? params : { ...params, thinking })
  if (sent.runId === undefined) return 0 // a stop word: it stopped other runs, there is nothing to wait for
  const end = await Promise.race([ended, whenLost(gateway), whenInterrupted(world.signal)])
  if (end === 'interrupted') {
    await gateway.call('chat.abort', { sessionKey, runId }, { signal: AbortSignal.timeout(2000) }).catch(() => {}) // leaving
    writer.end()
    return 130
  }
  return finish(end, writer, world)
}

function finish(end: ChatPayload, writer: AnswerWriter, world: Surroundings): number {
  const text = textOf(end)
  if (text !== undefined) writer.whole(text)
  writer.end()
  if (end.state === 'error') {
    world.err(`✗ ${oneLine(end.errorMessage ?? 'The run failed')}\n`)
    return 1
  }
  if (end.state === 'aborted') {
    world.err(`✗ The answer was stopped${end.stopReason ? ` (${oneLine(end.stopReason)})` : ''}\n`)
    return 1
  }
  if (writer.isEmpty) {
    world.err(
      '✗ The run ended without an answer. The terminal shows what it did (clawdbot); clawdbot logs may tell why.\n',
    )
    return 1
  }
  if (end.stopReason === 'length') world.err(`■ ${cutOff}\n`)
  return 0
}

/** Hands over what the gateway tells from now on. What only a person can do is said on standard error, and never done from here. */
export function follow(
  gateway: Gateway,
  sessionKey: string | undefined,
  world: Surroundings,
  take: (event: GatewayEvent) => void = () => {},
): void {
  const flow = new EventFlow()
  flow.attached(undefined)
  const canonical = canonicalIn(gateway, sessionKey)
  gateway.rpc.events((raw) => {
    const { event } = flow.accept(raw)
    if (!event) return
    if (event.name === 'exec.approval.requested') notice(event.payload, canonical, gateway, world)
    take(event)
  })
}

/** As the gateway names it in what it tells of a session; the main one when none is named. */
function canonicalIn({ hello }: Gateway, sessionKey: string | undefined): string {
  const { mainSessionKey, defaultAgentId } = hello.snapshot?.sessionDefaults ?? {}
  return sessionKey === undefined ? (mainSessionKey ?? canonicalKey('')) : canonicalKey(sessionKey, defaultAgentId)
}

function notice({ request }: PendingApproval, canonical: string, { target }: Gateway, world: Surroundings): void {
  if (request.sessionKey && request.sessionKey !== canonical) return
  const where = request.where ?? request.host ?? 'the gateway'
  const profile = target.source === '--profile' ? ` --profile ${target.name}` : ''
  world.err(`⏸ A command waits for approval on ${oneLine(where)}: ${oneLine(request.command)}\n`)
  world.err(`  To answer it, open the terminal in another window: clawdbot${profile}\n`)
}

function whenLost({ rpc }: Gateway): Promise<never> {
  // A call that never gets an answer ends with the connection: it tells when and why.
  return rpc.lost.then((fault) => {
    throw new Fault(fault.code, `${fault.message}; the answer may go on without us`, {
      remedy: 'Open the terminal with clawdbot to read the rest.',
      cause: fault,
    })
  })
}

function whenInterrupted(signal: AbortSignal): Promise<'interrupted'> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('interrupted')
    signal.addEventListener('abort', () => resolve('interrupted'), { once: true })
  })
}

function textOf({ message }: ChatPayload): string | undefined {
  return message && 'content' in message ? messageText(message.content as never) : undefined
}

/** Writes a growing text to a stream that cannot take anything back. */
export class AnswerWriter {
  #written = ''
  readonly #out: (text: string) => void

  constructor(out: (text: string) => void) {
    this.#out = out
  }

  get isEmpty(): boolean {
    return this.#written.trim() === ''
  }

  delta({ offset = 0, deltaText = '', replace }: ChatPayload): void {
    this.whole(replace ? deltaText : this.#written.slice(0, offset) + deltaText)
  }

  /** `text` is the whole so far. What differs from what was written already starts on a line of its own. */
  whole(text: string): void {
    if (text === this.#written.slice(0, text.length) && text !== '') return
    if (text.startsWith(this.#written)) this.#write(text.slice(this.#written.length))
    else if (text.startsWith(this.#written.trimEnd())) this.#write(text.slice(this.#written.trimEnd().length))
    else if (text !== '') this.#write(`\n\n${text}`)
    this.#written = text === '' ? this.#written : text
  }

  end(): void {
    if (this.#written !== '' && !this.#written.endsWith('\n')) this.#out('\n')
  }

  #write(text: string): void {
    if (text !== '') this.#out(harmless(text))
  }
}
