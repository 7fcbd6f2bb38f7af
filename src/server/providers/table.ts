/** Every provider by name: the built-in guide, the hosted vendors, servers on this machine, and what the configuration adds. */

import type { ModelRow } from '../../shared/protocol/agents.ts'
import { Secret } from '../../shared/std/secret.ts'
import { aiSdkProvider, type Service } from './ai-sdk/provider.ts'
import type { Api } from './ai-sdk/sdk.ts'
import type { Facts } from './builtin/facts.ts'
import { builtinProvider } from './builtin.ts'
import type { Discover } from './discover.ts'
import { hostedVendors, localServers } from './hosted.ts'
import { isLoopback } from './loopback.ts'
import type { Provider } from './provider.ts'

/** One entry of `models.providers` in the configuration, `${VAR}` already replaced. */
type ProviderConfig = {
  baseUrl?: string | undefined
  apiKey?: string | Secret | undefined
  api?: Api | undefined
  headers?: Readonly<Record<string, string>> | undefined
  models?: readonly ModelConfig[] | undefined
}

type ModelConfig = {
  id: string
  name?: string | undefined
  reasoning?: boolean | undefined
  input?: readonly string[] | undefined
  /** Tokens. */
  contextWindow?: number | undefined
  maxTokens?: number | undefined
}

type ProvidersConfig = { [id: string]: ProviderConfig | undefined }

export type ProviderSources = {
  config: ProvidersConfig
  /** Environment variables; only the keys of hosted vendors are read. */
  env: Readonly<Record<string, string | undefined>>
  facts: Facts
  discover: Discover
}

/** Listed in models.list order: configured names first, then the rest. */
export type Providers = ReadonlyMap<string, Provider>

/** Cheap: nothing is loaded or asked before a provider is used, so it is built anew when the configuration changes. */
export function createProviders(sources: ProviderSources): Providers {
  const ids = new Set([
    ...Object.keys(sources.config),
    ...hostedVendors.map(({ id }) => id),
    ...localServers.map(({ id }) => id),
  ])
  const providers = new Map<string, Provider>()
  for (const id of ids) providers.set(id, aiSdkProvider(serviceOf(id, sources)))
  return providers.set('builtin', builtinProvider(sources.facts))
}

function serviceOf(id: string, sources: ProviderSources): Service {
  const config = sources.config[id] ?? {}
  const hosted = hostedVendors.find((vendor) => vendor.id === id)
  const local = localServers.find((server) => server.id === id)
  const key = keyOf(config, hosted?.keyVariables ?? [], sources.env)
  // Whoever puts another server in a vendor's place nearly always means one of the compatible kind.
  const isMoved = config.baseUrl !== undefined && hosted?.id === 'openai'
  const service = {
    id,
    label: hosted?.label ?? local?.label ?? id,
    api: config.api ?? (isMoved ? 'openai-completions' : (hosted?.api ?? 'openai-completions')),
    baseUrl: config.baseUrl ?? hosted?.baseUrl ?? local?.baseUrl ?? '',
    needsKey: hosted !== undefined && config.baseUrl === undefined,
    ...(hosted && { keyVariable: hosted.keyVariables[0] }),
    ...(key && { key }),
    ...(config.headers && { headers: config.headers }),
  }
  return { ...service, models: (signal) => modelsOf(service, config, sources.discover, signal) }
}

function keyOf(
  { apiKey }: ProviderConfig,
  variables: readonly string[],
  env: ProviderSources['env'],
): Secret | undefined {
  if (apiKey instanceof Secret) return apiKey
  const value = [apiKey, ...variables.map((name) => env[name])].map((text) => text?.trim()).find(Boolean)
  return value ? new Secret(value) : undefined
}

/** What the configuration names, else a vendor's short list when there is a key for it, else what the server says. */
async function modelsOf(
  service: Omit<Service, 'models'>,
  { models }: ProviderConfig,
  discover: Discover,
  signal: AbortSignal,
): Promise<ModelRow[]> {
  const { id: provider, baseUrl } = service
  if (models && models.length > 0) return models.map((model) => modelRow(provider, model))
  const hosted = hostedVendors.find(({ id }) => id === provider)
  if (hosted && service.needsKey) return service.key ? hosted.models.map((row) => ({ ...row, provider })) : []
  if (service.api !== 'openai-completions' || !URL.canParse(baseUrl)) return []
  return await discover({ ...service, isLocal: isLoopback(baseUrl) }, signal)
}

function modelRow(provider: string, { id, name, reasoning, input, contextWindow }: ModelConfig): ModelRow {
  return {
    id,
    name: name ?? id,
    provider,
    ...(contextWindow !== undefined && { contextWindow }),
    ...(reasoning !== undefined && { reasoning }),
    ...(input && { input: [...input] }),
  }
}
