/** Decides how a run goes when its turn comes: models, prompt, thinking, limits. Pure but for what it is given. */

import { join } from 'node:path'
import type { RunRef } from '../bus.ts'
import { agentSettings, defaultAgentId, resolveAlias, splitModel } from '../config/agents.ts'
import type { Config } from '../config/schema.ts'
import { builtinModel } from '../providers/builtin.ts'
import type { ThinkingLevel, ToolSpec } from '../providers/provider.ts'
import { historyBudget } from '../runs/budget.ts'
import { systemPrompt } from '../runs/prompt.ts'
import type { RunPlan } from '../runs/run.ts'
import type { StartRequest } from '../runs/runs.ts'
import type { SessionRecord } from '../sessions/record.ts'
import type { SessionDefaults } from '../sessions/row.ts'

export type PlanFacts = {
  config: Config
  session: SessionRecord | undefined
  hostName: string
  platform: string
  /** The tools runs may use. */
  tools: readonly ToolSpec[]
  /** Milliseconds since 1970; only the day goes into the prompt. */
  now: number
  /** Default workspace of the main agent; other agents get a folder of their name inside it. */
  workspaceRoot: string
  /** Tokens a model takes, by its name. */
  windowOf(model: string): number
}

/** `provider:model` names in the order they are tried; the built-in guide when none is configured. */
export function modelsFor(config: Config, agentId: string, session: SessionRecord | undefined): string[] {
  const { models } = agentSettings(config, agentId)
  const { providerOverride, modelOverride } = session?.settings ?? {}
  if (modelOverride === undefined) return models.length > 0 ? models : [builtinModel]
  const chosen = providerOverride === undefined ? modelOverride : `${providerOverride}:${modelOverride}`
  return [resolveAlias(config, chosen), ...models.slice(1).filter((model) => model !== chosen)]
}

export function workspaceFor(config: Config, agentId: string, workspaceRoot: string): string {
  const { workspace } = agentSettings(config, agentId)
  if (workspace !== undefined) return workspace
  return agentId === 'main' ? workspaceRoot : join(workspaceRoot, agentId)
}

export function planRun(request: StartRequest, ref: RunRef, facts: PlanFacts): RunPlan & { timeoutMs: number } {
  const { config, session } = facts
  const { defaults } = config.agents
  const models = modelsFor(config, ref.agentId, session)
  const workspace = workspaceFor(config, ref.agentId, facts.workspaceRoot)
  const thinking = request.thinking ?? session?.settings.thinkingLevel ?? defaults.thinkingDefault
  const { name } = agentSettings(config, ref.agentId)
  const system = systemPrompt({
    ...(name === undefined ? {} : { name }),
    host: facts.hostName,
    platform: facts.platform,
    workspace,
    tools: facts.tools.map(({ name: tool }) => tool),
    execPolicy: config.tools.exec.security,
    ...(request.extraSystemPrompt === undefined ? {} : { instructions: request.extraSystemPrompt }),
    day: dayOf(facts.now, defaults.userTimezone),
  })
  return {
    ref,
    models,
    system,
    thinking: thinking as ThinkingLevel,
    workspace,
    // A fallback may take less; what is sent has to fit whichever answers.
    budgetTokens: historyBudget({ contextTokens: Math.min(...models.map(facts.windowOf)), system, tools: facts.tools }),
    timeoutMs: request.timeoutMs ?? defaults.timeoutSeconds * 1000,
  }
}

/** `2026-01-27` in the owner's time zone. Without one that is this machine's, which needs no formatter: those cost 0.3 ms. */
function dayOf(now: number, timeZone: string | undefined): string {
  if (timeZone !== undefined) return new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone }).format(now)
  const date = new Date(now)
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`
}

/** What sessions that chose nothing use, as the wire names it. */
export function sessionDefaults(config: Config, windowOf: (model: string) => number): SessionDefaults {
  const [first = builtinModel] = modelsFor(config, defaultAgentId(config), undefined)
  const ref = splitModel(first)
  return {
    modelProvider: ref?.provider ?? null,
    model: ref?.model ?? first,
    contextTokens: windowOf(first),
  }
}
