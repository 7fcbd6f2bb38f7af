/** One message and its answer, streamed as plain text or whole: what a pipe gets, and `clawdbot agent`. */

import { Fault } from '../shared/fault.ts'
import { cutOff } from '../shared/model/cut-off.ts'
import { messageText } from '../shared/model/message.ts'
import type { ChatPayload } from '../shared/protocol/chat.ts'
import type { Result } from '../shared/protocol/table.ts'
import type { Surroundings } from './command.ts'
import { defaultTimeoutMs, type Gateway } from './gateway-call.ts'
import { harmless, oneLine } from './style.ts'
import { follow, type Limit, turnOf, untilWhole } from './turn.ts'

export type Question = {
  readonly message: string
  readonly sessionKey?: string | undefined
  readonly thinking?: string | undefined
  /** Without one it takes as long as it takes. */
  readonly limit?: Limit | undefined
}

/**
 * Sends `question` and writes the answer as it comes; only the answer goes to `out`. Resolves with 0, or 1 for a run that
 * failed. Rejects as `untilWhole` does.
 */
export async function streamAnswer(gateway: Gateway, question: Question, world: Surroundings): Promise<number> {
  const { message, thinking, limit } = question
  const turn = await turnOf(gateway, question.sessionKey)
  const { sessionKey, runId } = turn
  const writer = new AnswerWriter(world.out)
  const ended = new Promise<ChatPayload>((resolve) => {
    follow(gateway, turn, world, (event) => {
      if (event.name !== 'chat' || event.payload.runId !== runId) return
      if (event.payload.state === 'delta') writer.delta(event.payload)
      else if (event.payload.state !== 'status') resolve(event.payload)
    })
  })
  const params = { sessionKey, message, deliver: false, idempotencyKey: runId, ...(thinking && { thinking }) }
  try {
    const end = await untilWhole(gateway, turn, { world, limit }, async (signal) => {
      const sent = await gateway.call('chat.send', params, { signal, timeoutMs: defaultTimeoutMs })
      if (sent.runId === undefined) return undefined // a stop word: it stopped other runs, there is nothing to wait for
      return await Promise.race([ended, whenLost(gateway)])
    })
    return end ? finish(end, writer, world) : 0
  } catch (error) {
    writer.end()
    throw error
  }
}

/** Sends `question` and resolves with the result of its run, for programs. Rejects as `untilWhole` does. */
export async function wholeAnswer(gateway: Gateway, question: Question, world: Surroundings): Promise<Result<'agent'>> {
  const { message, thinking, limit } = question
  const turn = await turnOf(gateway, question.sessionKey)
  const { sessionKey, runId } = turn
  follow(gateway, turn, world)
  const params = { message, idempotencyKey: runId, sessionKey, ...(thinking && { thinking }) }
  return await untilWhole(gateway, turn, { world, limit }, async (signal) => {
    return await gateway.call('agent', params, { expectFinal: true, timeoutMs: 0, signal })
  })
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

function whenLost({ rpc }: Gateway): Promise<never> {
  // A call that never gets an answer ends with the connection: it tells when and why.
  return rpc.lost.then((fault) => {
    if (fault.details?.isOver === true) {
      throw new Fault(fault.code, `${fault.message}, and the answer ended with it`, {
        remedy: 'What there is of it is kept: open the terminal with clawdbot once the gateway runs, and ask again.',
        cause: fault,
      })
    }
    throw new Fault(fault.code, `${fault.message}; the answer may go on without us`, {
      remedy: 'Open the terminal with clawdbot to read the rest.',
      cause: fault,
    })
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
