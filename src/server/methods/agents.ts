/** `agents.list` and `models.list`. */

import type { ModelRow } from '../../shared/protocol/agents.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import { agentsOf, defaultAgentId } from '../config/agents.ts'
import type { Config } from '../config/schema.ts'
import type { HandlerContext } from '../gateway/context.ts'

export type AgentsParts = { config(): Config; models(signal: AbortSignal): Promise<ModelRow[]> }

export function agentsMethods({ config, models }: AgentsParts): HandlersOf<'agents', HandlerContext> {
  return {
    'agents.list': () => ({
      defaultId: defaultAgentId(config()),
      mainKey: config().session.mainKey,
      scope: config().session.scope,
      agents: agentsOf(config()).map(({ id, name, identity }) => ({
        id,
        ...(name === undefined ? {} : { name }),
        ...(identity === undefined ? {} : { identity: definedOnly(identity) }),
      })),
    }),
    'models.list': async (_, { signal }) => ({ models: await models(signal) }),
  }
}

function definedOnly(value: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
