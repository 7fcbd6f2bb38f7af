/** The models that can be chosen now, over all providers. */

import type { ModelRow } from '../../shared/protocol/agents.ts'
import type { Providers } from './table.ts'

/** Asks every provider at once, so it takes as long as the slowest, which is bounded; the built-in guide comes last. */
export async function listModels(providers: Providers, signal: AbortSignal): Promise<ModelRow[]> {
  const lists = await Promise.all([...providers.values()].map((provider) => provider.models(signal)))
  return lists.flat()
}

/** As people write it: `openai:gpt-4o-mini`. */
export function modelName({ provider, id }: Pick<ModelRow, 'provider' | 'id'>): string {
  return `${provider}:${id}`
}
