/** How much of a conversation each model takes, in tokens, as far as it is known without asking anybody. */

import type { ModelRow } from '../../shared/protocol/agents.ts'
import { splitModel } from '../config/agents.ts'
import type { Config } from '../config/schema.ts'
import { builtinGuide } from '../providers/builtin.ts'
import { hostedVendors } from '../providers/hosted.ts'
import { modelName } from '../providers/models.ts'
import { defaultContextTokens } from '../runs/budget.ts'

export type ModelWindows = {
  /** `name` as `provider:model`. What the settings say counts before what a server or we know of it. */
  of(name: string): number
  /** What servers told when they were asked for their models. */
  note(rows: readonly ModelRow[]): void
}

export function createModelWindows(config: () => Config): ModelWindows {
  const told = new Map<string, number>()
  return {
    of(name) {
      const { agents, models } = config()
      const ref = splitModel(name)
      if (agents.defaults.contextTokens !== undefined || !ref)
        return agents.defaults.contextTokens ?? defaultContextTokens
      const isMeant = ({ id }: { id: string }) => id === ref.model
      const configured = models.providers[ref.provider]?.models?.find(isMeant)?.contextWindow
      const own =
        ref.provider === builtinGuide.provider && isMeant(builtinGuide) ? builtinGuide.contextWindow : undefined
      const hosted = hostedVendors.find(({ id }) => id === ref.provider)?.models.find(isMeant)?.contextWindow
      return (
        configured ??
        told.get(modelName({ provider: ref.provider, id: ref.model })) ??
        hosted ??
        own ??
        defaultContextTokens
      )
    },
    note(rows) {
      for (const row of rows) if (row.contextWindow !== undefined) told.set(modelName(row), row.contextWindow)
    },
  }
}
