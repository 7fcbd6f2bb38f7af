/** What the built-in guide may tell of this gateway, gathered when it is asked. */

import type { ModelRow } from '../../shared/protocol/agents.ts'
import type { NodeRow } from '../../shared/protocol/nodes.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { deadline } from '../../shared/std/signal.ts'
import type { Config } from '../config/schema.ts'
import type { Facts } from '../providers/builtin/facts.ts'
import { modelName } from '../providers/models.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { workspaceFor } from './plan.ts'

/** How long local model servers may take to answer before the guide goes on without them, milliseconds. */
const patienceMs = 800
const sessionsShown = 20

export type FactsParts = {
  clock: Clock
  version: string
  hostName: string
  configPath: string
  /** Folder of the workspaces that no setting places. */
  workspaceRoot: string
  defaultAgent: string
  config(): Config
  sessions: Sessions
  models(signal: AbortSignal): Promise<ModelRow[]>
  nodes(): readonly Pick<NodeRow, 'displayName' | 'nodeId' | 'connected'>[]
  server(): { url: string; clients: number }
}

export function createFacts(parts: FactsParts): Facts {
  const startedAt = parts.clock.monotonic()
  return async (signal) => {
    const models = await parts.models(deadline(patienceMs, signal)).catch((): ModelRow[] => [])
    signal.throwIfAborted()
    return {
      host: parts.hostName,
      version: parts.version,
      ...parts.server(),
      uptimeMs: parts.clock.monotonic() - startedAt,
      workspace: workspaceFor(parts.config(), parts.defaultAgent, parts.workspaceRoot),
      configPath: parts.configPath,
      execPolicy: parts.config().tools.exec.security,
      sessions: parts.sessions
        .list({ limit: sessionsShown })
        .map(({ key, title }) => ({ key, ...(title === undefined ? {} : { title }) })),
      models: models.filter(({ provider }) => provider !== 'builtin').map(modelName),
      nodes: parts.nodes().map(({ displayName, nodeId, connected }) => ({ name: displayName ?? nodeId, connected })),
    }
  }
}
