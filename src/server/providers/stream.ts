/** One model request over several models in order: retries, falls back, and says which model answers. */

import { Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { sleep } from '../../shared/std/signal.ts'
import { afterFailure } from './failover.ts'
import { type ModelRef, resolveModelName } from './model-name.ts'
import type { Chunk, ProviderRequest } from './provider.ts'
import type { Providers } from './table.ts'

export type StreamParts = {
  /** Asked for each request, so that a changed configuration counts at once. */
  providers(): Providers
  /** `agents.defaults.models`: alias → full name. */
  aliases?(): Readonly<Record<string, string>>
  clock: Clock
  /** In [0, 1). */
  random(): number
  /** Hears of tries that failed and are followed by another; for the log. */
  onRetry?(failure: { model: string; fault: Fault; delayMs: number | undefined }): void
}

export type ModelRequest = Omit<ProviderRequest, 'model'> & { models: readonly string[] }

export type StreamOptions = {
  signal: AbortSignal
  onModel(model: ModelRef): void
  /** An answer without a word and without a tool call is a failure of its model. */
  mustAnswer: boolean
}

/**
 * `models` are names, the preferred one first. Throws the fault of the last try, or the signal's reason. Where one only
 * thought, the chunks of the next follow its `end`.
 */
export function createModelStream(parts: StreamParts) {
  return async function* stream(request: ModelRequest, options: StreamOptions): AsyncGenerator<Chunk> {
    const { signal, onModel, mustAnswer } = options
    const { models, ...rest } = request
    const failed: Fault[] = []
    let index = 0
    let retries = 0
    for (;;) {
      const name = models[index] ?? ''
      let hasEmitted = false
      let hasThought = false
      let isAnswer = !mustAnswer
      try {
        const { ref, chunks } = open(parts, name, rest, signal)
        for await (const chunk of chunks) {
          if (!hasEmitted) onModel(ref) // before that it may still be another one that answers
          hasEmitted = true
          isAnswer ||= answers(chunk)
          hasThought ||= chunk.type === 'thinking'
          yield chunk
          if (chunk.type !== 'end' || isAnswer) continue
          hasEmitted = false // thoughts alone double nothing
          throw emptyAnswer(ref, chunk.stopReason)
        }
        return
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof Fault)) throw error
        const hasFallback = index + 1 < models.length
        const verdict = afterFailure({ fault: error, retries, hasEmitted, hasFallback, random: parts.random() })
        if (verdict.do === 'fail') throw together([...failed, error])
        parts.onRetry?.({ model: name, fault: error, delayMs: verdict.do === 'retry' ? verdict.delayMs : undefined })
        if (verdict.do === 'retry') {
          retries++
          await sleep(parts.clock, verdict.delayMs, signal)
        } else {
          if (hasThought) yield { type: 'thinking', text: '\n\n' } // what the next one thinks begins apart from it
          failed.push(error)
          index++
          retries = 0
        }
      }
    }
  }
}

/** Not a generator of its own: each one a chunk passes through costs as much as all we do with it. */
function open(
  parts: StreamParts,
  name: string,
  request: Omit<ProviderRequest, 'model'>,
  signal: AbortSignal,
): { ref: ModelRef; chunks: AsyncIterable<Chunk> } {
  const ref = modelRef(parts, name)
  const provider = parts.providers().get(ref.provider)
  if (!provider) throw new TypeError(`the provider ${ref.provider} is known and missing`)
  return { ref, chunks: provider.stream({ ...request, model: ref.model }, signal) }
}

function answers(chunk: Chunk): boolean {
  return chunk.type === 'toolCall' || (chunk.type === 'text' && chunk.text.trim() !== '')
}

function emptyAnswer({ provider, model }: ModelRef, stopReason: string): Fault {
  if (stopReason === 'length')
    return new Fault('provider.malformed', `${provider}/${model} reached its output limit before its first word.`, {
      remedy: 'Let it think less with /think, or choose another model with /model.',
    })
  return new Fault('provider.malformed', `${provider}/${model} sent an empty answer.`, {
    remedy: 'Send it again, or choose another model with /model.',
  })
}

/** What is asked under this name; throws `provider.unknown-model` when that is nothing. */
export function modelRef({ providers, aliases }: Pick<StreamParts, 'providers' | 'aliases'>, name: string): ModelRef {
  return resolveModelName(name, { providers: [...providers().keys()], aliases: aliases?.() ?? {} })
}

/** The first fault is about the model that was wanted; the others are told after it. */
function together(faults: readonly Fault[]): Fault {
  const [first, ...others] = faults
  if (!first || others.length === 0) return first ?? new Fault('provider.unknown-model', 'No model is named.')
  return new Fault(first.code, [first, ...others].map(({ message }) => message).join(' Then: '), {
    cause: first,
    retryable: faults.every(({ retryable }) => retryable),
    ...(first.remedy && { remedy: first.remedy }),
  })
}
