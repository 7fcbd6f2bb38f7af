/** Questions about the configured agents and models. Pure. */

import { normalizeAgentId } from '../../shared/session-key.ts'
import type { Config } from './schema.ts'

export type AgentSettings = {
  id: string
  name?: string
  identity?: Config['agents']['list'][number]['identity']
  /** First choice, then fallbacks; empty when none is configured. */
  models: string[]
  workspace?: string
}

/** The one marked default, else the first listed, else `main`. */
export function defaultAgentId(config: Config): string {
  const { list } = config.agents
  return normalizeAgentId((list.find((agent) => agent.default) ?? list[0])?.id ?? 'main')
}

/** Every agent, the default one first. */
export function agentsOf(config: Config): AgentSettings[] {
  const first = defaultAgentId(config)
  const others = config.agents.list.map((agent) => agent.id).filter((id) => id !== first)
  return [first, ...others].map((id) => agentSettings(config, id))
}

/** Settings of an agent, its own before the defaults; an unknown one has the defaults. */
export function agentSettings(config: Config, agentId: string): AgentSettings {
  const own = config.agents.list.find((agent) => agent.id === agentId)
  const { defaults } = config.agents
  const choice = own?.model ?? defaults.model
  const models =
    choice === undefined ? [] : typeof choice === 'string' ? [choice] : [choice.primary, ...choice.fallbacks]
  const workspace = own?.workspace ?? defaults.workspace
  return {
    id: agentId,
    ...(own?.name === undefined ? {} : { name: own.name }),
    ...(own?.identity === undefined ? {} : { identity: own.identity }),
    models: models.map((model) => resolveAlias(config, model)),
    ...(workspace === undefined ? {} : { workspace }),
  }
}

/** The model an alias of `agents.defaults.models` stands for; any other text as it is. */
export function resolveAlias(config: Config, model: string): string {
  const entries = Object.entries(config.agents.defaults.models ?? {})
  return entries.find(([, { alias }]) => alias?.toLowerCase() === model.toLowerCase())?.[0] ?? model
}

/** `openai:gpt` and `openai/gpt` are the same model. */
export function splitModel(ref: string): { provider: string; model: string } | undefined {
  const match = /^([^/:\s]+)[/:](\S+)$/.exec(ref.trim())
  return match ? { provider: match[1] ?? '', model: match[2] ?? '' } : undefined
}

/** `agents.defaults.models`, when present, lists every model a session may choose. */
export function isModelAllowed(config: Config, provider: string, model: string): boolean {
  const { models } = config.agents.defaults
  if (models === undefined) return true
  return Object.keys(models).some((ref) => {
    const known = splitModel(ref)
    return known?.provider === provider && known.model === model
  })
}

/** False where the settings list a provider's models and neither they nor an agent name this one. Ids may hold any sign. */
export function isModelListed(config: Config, { provider, model }: { provider: string; model: string }): boolean {
  const listed = config.models.providers[provider]?.models ?? []
  if (listed.length === 0 || listed.some(({ id }) => id === model)) return true
  const named = [
    ...Object.keys(config.agents.defaults.models ?? {}),
    ...agentsOf(config).flatMap(({ models }) => models),
  ]
  return named.map(splitModel).some((ref) => ref?.provider === provider && ref.model === model)
}
