/** The port to a language model: a request goes in, a stream of chunks comes out. */

import type { Message, Usage } from '../../shared/model/message.ts'
import type { ModelRow } from '../../shared/protocol/agents.ts'

export type ThinkingLevel = 'off' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'

/** A tool as the model sees it. `parameters` is JSON Schema. */
export type ToolSpec = { name: string; description: string; parameters: Record<string, unknown> }

export type ProviderRequest = {
  /** The provider's own model id, without the provider's name. */
  model: string
  /** The same for every turn of a session, so that providers cache it. */
  system: string
  /** Oldest first; valid: every tool call is followed by its result. */
  messages: readonly Message[]
  tools: readonly ToolSpec[]
  thinking: ThinkingLevel
  maxOutputTokens?: number
}

export type Chunk =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string; signature?: string }
  /** `signature`, as that of thinking, is opaque and must come back unchanged in later requests. */
  | { type: 'toolCall'; id: string; name: string; arguments: Record<string, unknown>; signature?: string }
  /** Always the last chunk of a stream that did not throw. */
  | { type: 'end'; stopReason: 'stop' | 'length' | 'toolUse'; usage?: Usage }

/**
 * One model service. `stream` makes exactly one HTTP request and throws a `Fault`: `provider.unauthorized`,
 * `provider.rate-limited` (with `retryAfterMs` when the service said so), `provider.unavailable` (retryable),
 * `provider.malformed`, `provider.unknown-model`, `provider.context-overflow`; or the signal's reason when aborted.
 */
export type Provider = {
  /** The name before the colon in `openai:gpt-4o-mini`. */
  readonly id: string
  stream(request: ProviderRequest, signal: AbortSignal): AsyncIterable<Chunk>
  /** Models it offers, as far as known; never throws, empty when it cannot tell. */
  models(signal: AbortSignal): Promise<ModelRow[]>
}
