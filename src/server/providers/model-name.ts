/** Names of models: `openai:gpt-4o-mini`, `openai/gpt-4o-mini`, an alias, or a model's bare id. Pure. */

import { Fault } from '../../shared/fault.ts'
import { didYouMean } from '../../shared/std/text.ts'

export type ModelRef = { provider: string; model: string }

export type KnownNames = {
  providers: readonly string[]
  /** Short names from the configuration, each for a full name. */
  aliases?: Readonly<Record<string, string>>
  /** Models that are known to exist, as `provider:id`; only used for bare ids and suggestions. */
  models?: readonly string[]
}

export type NameResult = { ok: true; ref: ModelRef } | { ok: false; reason: string; suggestion?: string }

/**
 * The first `:` or `/` parts provider and model when a known provider stands before it, so ids keep theirs:
 * `ollama:llama3.2:3b`, `openrouter/meta/llama-3`. Model ids that nobody listed are accepted.
 */
export function parseModelName(text: string, known: KnownNames): NameResult {
  const name = text.trim()
  const alias = known.aliases && Object.hasOwn(known.aliases, name) ? known.aliases[name] : undefined
  if (alias !== undefined && alias !== name) return parseModelName(alias, { ...known, aliases: {} })
  const split = /^([^:/\s]+)[:/](\S+)$/.exec(name)
  const provider = known.providers.find((id) => id.toLowerCase() === split?.[1]?.toLowerCase())
  if (provider && split?.[2]) return { ok: true, ref: { provider, model: split[2] } }
  const bare = (known.models ?? []).filter((full) => full.slice(full.indexOf(':') + 1) === name)
  if (bare.length === 1 && bare[0]) return parseModelName(bare[0], { providers: known.providers })
  if (bare.length > 1) return unknown(`Several providers have a model ${name}`, bare[0])
  if (split?.[1]) return unknown(`There is no provider ${split[1]}`, suggestProvider(split[1], split[2] ?? '', known))
  return unknown(name === '' ? 'No model is named' : `There is no model ${name}`, suggestModel(name, known))
}

/** The same as a `Fault` `provider.unknown-model` when nothing is meant by the name. */
export function resolveModelName(text: string, known: KnownNames): ModelRef {
  const result = parseModelName(text, known)
  if (result.ok) return result.ref
  const { reason, suggestion } = result
  throw new Fault('provider.unknown-model', `${reason}${suggestion ? `; did you mean ${suggestion}?` : '.'}`, {
    remedy: 'Write it as provider:model, for example openai:gpt-4o-mini. See /models for what there is.',
  })
}

function unknown(reason: string, suggestion: string | undefined): NameResult {
  return { ok: false, reason, ...(suggestion && { suggestion }) }
}

function suggestProvider(provider: string, model: string, known: KnownNames): string | undefined {
  const near = didYouMean(provider, known.providers)
  return near && `${near}:${model}`
}

function suggestModel(name: string, { models = [], aliases = {} }: KnownNames): string | undefined {
  const bareIds = models.map((full) => full.slice(full.indexOf(':') + 1))
  const near = didYouMean(name, [...Object.keys(aliases), ...bareIds])
  return near && (models.find((full) => full.endsWith(`:${near}`)) ?? near)
}
