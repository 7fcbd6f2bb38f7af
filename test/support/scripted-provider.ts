/** FAKE model provider behind the `Provider` port: plays the replies a test wrote, at the pace the test sets. */

import type { Chunk, Provider, ProviderRequest } from '../../src/server/providers/provider.ts'
import type { Usage } from '../../src/shared/model/message.ts'
import type { ModelRow } from '../../src/shared/protocol/agents.ts'
import { raceAbort } from '../../src/shared/std/signal.ts'

/** One moment of a reply: text, a chunk, a wait for the test (`pause`), or a failure to throw. */
type Beat = string | Chunk | Promise<unknown> | Error

/** What one request is answered with. A function sees the request first. */
export type Reply =
  | readonly Beat[]
  | ((request: ProviderRequest, signal: AbortSignal) => readonly Beat[] | AsyncIterable<Beat>)

export type ScriptedProvider = Provider & {
  /** Every request it got, oldest first. */
  readonly requests: ProviderRequest[]
  /** How many of its streams ended because the signal did. */
  readonly aborted: number
}

export type ScriptedOptions = { id?: string; models?: readonly string[]; usage?: Usage }

/**
 * Answers the first request with the first reply and so on; the last reply answers all that follow.
 * Strings stream as one text chunk each. A reply without an `end` ends with `toolUse` when it called a tool, else `stop`.
 */
export function scriptedProvider(replies: readonly Reply[], options: ScriptedOptions = {}): ScriptedProvider {
  const { id = 'scripted', models = ['model'] } = options
  const requests: ProviderRequest[] = []
  let aborted = 0
  return {
    id,
    requests,
    get aborted() {
      return aborted
    },
    async *stream(request, signal) {
      const reply = replies[Math.min(requests.push(request), replies.length) - 1] ?? []
      try {
        signal.throwIfAborted()
        yield* play(typeof reply === 'function' ? reply(request, signal) : reply, options.usage, signal)
      } catch (error) {
        if (signal.aborted) aborted++
        throw error
      }
    },
    models: async () =>
      models.map((model): ModelRow => ({ id: model, name: model, provider: id, contextWindow: 200_000 })),
  }
}

async function* play(
  beats: Iterable<Beat> | AsyncIterable<Beat>,
  usage: Usage | undefined,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  let stopReason: 'stop' | 'toolUse' = 'stop'
  for await (const beat of held(beats, signal)) {
    signal.throwIfAborted()
    if (beat instanceof Error) throw beat
    const chunk: Chunk = typeof beat === 'string' ? { type: 'text', text: beat } : beat
    if (chunk.type === 'toolCall') stopReason = 'toolUse'
    yield chunk
    if (chunk.type === 'end') return
  }
  yield { type: 'end', stopReason, ...(usage && { usage }) }
}

/** The beats without the waits; a wait ends early when the signal does. */
async function* held(
  beats: Iterable<Beat> | AsyncIterable<Beat>,
  signal: AbortSignal,
): AsyncGenerator<Exclude<Beat, Promise<unknown>>> {
  const iterator = Symbol.asyncIterator in beats ? beats[Symbol.asyncIterator]() : beats[Symbol.iterator]()
  for (;;) {
    const next = await iterator.next()
    if (next.done) return
    if (next.value instanceof Promise) await raceAbort(next.value, signal)
    else yield next.value
  }
}

/** A wait in a script that the test ends by calling `go`. */
export function pause(): Promise<void> & { go(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return Object.assign(promise, { go: () => resolve() })
}

/** A tool call as a beat. */
export function calls(name: string, args: Record<string, unknown>, id = `call_${name}`): Chunk {
  return { type: 'toolCall', id, name, arguments: args }
}
