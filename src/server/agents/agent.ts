/** The agent as a whole: providers, models and the runs that use them with the tools. */

import { version } from '../../shared/build.ts'
import type { ModelRow } from '../../shared/protocol/agents.ts'
import { deadline } from '../../shared/std/signal.ts'
import type { Bus } from '../bus.ts'
import type { ComposeParts } from '../compose-parts.ts'
import { resolveAlias } from '../config/agents.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { createDiscover } from '../providers/discover.ts'
import type { ModelRef } from '../providers/model-name.ts'
import { listModels } from '../providers/models.ts'
import { createModelStream, modelRef } from '../providers/stream.ts'
import { createProviders } from '../providers/table.ts'
import { Runs } from '../runs/runs.ts'
import { createLanes } from '../sessions/lanes.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Tools } from '../tools/open.ts'
import { createFacts, type FactsParts } from './facts.ts'
import { planRun } from './plan.ts'
import { createModelWindows } from './windows.ts'

/** How long a list of models may take, milliseconds: a local server that hangs must not hold up a picker. */
const modelsPatienceMs = 3000

export type AgentParts = ComposeParts & {
  bus: Bus
  sessions: Sessions
  tools: Tools
  defaultAgent: string
  nodes: Nodes
  server: FactsParts['server']
  onBug(error: unknown): void
}

export type Agent = {
  runs: Runs
  models(signal: AbortSignal): Promise<ModelRow[]>
  /** Tokens a model takes, by its name. */
  windowOf(model: string): number
  /** What a run would ask under this name; throws a fault when that is nothing. */
  modelRef(name: string): ModelRef
}

export function createAgent(parts: AgentParts): Agent {
  const { paths, config, clock, log, sessions, tools, hostName } = parts
  const discover = createDiscover(clock)
  const windows = createModelWindows(config)
  const models = async (signal: AbortSignal) => {
    const rows = await listModels(providers(), deadline(modelsPatienceMs, signal))
    windows.note(rows)
    return rows
  }
  const facts = createFacts({
    clock,
    version,
    hostName,
    configPath: paths.config,
    workspaceRoot: paths.workspace,
    defaultAgent: parts.defaultAgent,
    config,
    sessions,
    models,
    server: parts.server,
    nodes: () => parts.nodes.roster.list(),
  })
  const providers = remade(config, (now) =>
    createProviders({ config: now.models.providers, env: { ...now.env.vars, ...parts.modelEnv() }, facts, discover }),
  )
  const names = { providers, aliases: () => aliasesOf(config().agents.defaults.models) }
  const runs = new Runs({
    bus: parts.bus,
    clock,
    log: sessions,
    book: sessions,
    lanes: createLanes(),
    defaultAgentId: parts.defaultAgent,
    tools: tools.toolbox,
    stream: createModelStream({
      ...names,
      clock,
      random: Math.random,
      onRetry: ({ model, fault, delayMs }) => log.warn('a model failed', { model, reason: fault.message, delayMs }),
    }),
    plan: (request, ref) =>
      planRun(request, ref, {
        config: config(),
        session: sessions.find(ref.canonicalKey),
        hostName,
        platform: process.platform,
        tools: tools.toolbox.specs,
        workspaceRoot: paths.workspace,
        now: clock.now(),
        windowOf: windows.of,
      }),
    onBug: parts.onBug,
  })
  logFailures(parts)
  return { runs, models, windowOf: windows.of, modelRef: (name) => modelRef(names, resolveAlias(config(), name)) }
}

function logFailures({ bus, log }: AgentParts): void {
  bus.subscribe((news) => {
    if (news.type !== 'run.ended' || news.state !== 'error') return
    const { run, errorMessage } = news
    log.warn('a run failed', { run: run.runId, session: run.canonicalKey, reason: errorMessage })
  })
}

/** Makes a value anew only when what it is made of is another object. */
function remade<S, T>(source: () => S, make: (from: S) => T): () => T {
  let from: S | undefined
  let made: T | undefined
  return () => {
    const now = source()
    if (made === undefined || now !== from) {
      from = now
      made = make(now)
    }
    return made
  }
}

/** `{fast: 'openai/gpt-4o-mini'}` from the configured models. */
function aliasesOf(models: Record<string, { alias?: string | undefined }> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(models ?? {}).flatMap(([name, { alias }]) => (alias ? [[alias, name]] : [])))
}
