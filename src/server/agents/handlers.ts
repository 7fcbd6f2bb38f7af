/** The handlers that stand on sessions, runs and tools, wired to them. */

import { Fault } from '../../shared/fault.ts'
import type { Message } from '../../shared/model/message.ts'
import { deadline } from '../../shared/std/signal.ts'
import { didYouMean } from '../../shared/std/text.ts'
import type { Bus } from '../bus.ts'
import type { ComposeParts } from '../compose-parts.ts'
import { agentSettings, isModelAllowed, isModelListed } from '../config/agents.ts'
import type { Config } from '../config/schema.ts'
import type { DeviceBook } from '../gateway/device-book.ts'
import type { OtherHandlers } from '../gateway/server-parts.ts'
import { agentMethods } from '../methods/agent.ts'
import { agentsMethods } from '../methods/agents.ts'
import { chatMethods } from '../methods/chat.ts'
import { configMethods } from '../methods/config.ts'
import { execMethods } from '../methods/exec.ts'
import { logsMethods } from '../methods/logs.ts'
import { nodesMethods } from '../methods/nodes.ts'
import { securityMethods } from '../methods/security.ts'
import { sessionsMethods } from '../methods/sessions.ts'
import { usageMethods } from '../methods/usage.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { ModelRef } from '../providers/model-name.ts'
import type { Runs } from '../runs/runs.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Tools } from '../tools/open.ts'
import type { Agent } from './agent.ts'
import { createCommandActions } from './command-actions.ts'
import { injectMessage } from './inject.ts'
import { sessionDefaults } from './plan.ts'

/** How long a session's runs may take to stop before a reset or deletion is refused (section 7.7). */
const stopPatienceMs = 15_000

export type HandlersParts = ComposeParts & {
  bus: Bus
  sessions: Sessions
  tools: Tools
  agent: Agent
  defaultAgent: string
  devices: DeviceBook
  nodes: Nodes
  deliver(sessionKey: string, runId: string): boolean
}

/** All but those of the chat services, which stand on these. */
export function createHandlers(parts: HandlersParts): Omit<OtherHandlers, 'channels'> {
  const { config, clock, bus, sessions, agent, tools } = parts
  const { runs, models } = agent
  const sessionHandlers = sessionsMethods({
    sessions,
    bus,
    clock,
    defaults: () => sessionDefaults(config(), agent.windowOf),
    windowOf: agent.windowOf,
    modelChecks: {
      isModelAllowed: (provider, model) => isModelAllowed(config(), provider, model),
      requireProvider: (provider, model) => requireListed(config(), agent.modelRef(`${provider}:${model}`)),
    },
    stopRuns: (key) => stopRuns(runs, key),
  })
  return {
    chat: chatMethods({
      runs,
      clock,
      actions: (context) =>
        createCommandActions(
          {
            sessions,
            runs: () => runs,
            approvals: tools.approvals,
            config,
            hostName: parts.hostName,
            models: () => models(context.signal),
            handlers: sessionHandlers,
          },
          context,
        ),
      history: (sessionKey, limit) => historyOf(sessions, sessionKey, limit),
      deliver: parts.deliver,
      inject: (sessionKey, message, label) => injectMessage({ sessions, bus, clock }, { sessionKey, message, label }),
    }),
    agent: agentMethods({
      runs,
      clock,
      defaultAgentId: () => parts.defaultAgent,
      agentName: (id) => agentSettings(config(), id).name,
      messagesOf: sessions.messagesOf,
      deliver: parts.deliver,
      keyOfSession: (sessionId) => sessions.findBy({ sessionId })[0]?.key,
    }),
    sessions: sessionHandlers,
    agents: agentsMethods({ config, models }),
    exec: execMethods({ approvals: tools.approvals }),
    nodes: nodesMethods({ nodes: parts.nodes, devices: parts.devices, clock, run: tools.runOnNode }),
    config: configMethods({ read: parts.readConfig }),
    logs: logsMethods({ logFile: parts.logFile }),
    security: securityMethods(parts),
    usage: usageMethods({
      clock,
      usageByDay: (days) => sessions.usageByDay(days, config().agents.defaults.userTimezone),
    }),
  }
}

function historyOf(sessions: Sessions, sessionKey: string, limit: number) {
  const { session, messages, ids } = sessions.history(sessions.canonicalKey(sessionKey), { limit })
  const thinkingLevel = session?.settings.thinkingLevel
  return {
    messages: messages as Message[],
    ids,
    ...(session ? { sessionId: session.sessionId } : {}),
    ...(thinkingLevel ? { thinkingLevel } : {}),
  }
}

/** Of a provider whose models the settings list a session chooses among those; what another one has is not known. */
function requireListed(config: Config, ref: ModelRef): void {
  if (isModelListed(config, ref)) return
  const ids = config.models.providers[ref.provider]?.models?.map(({ id }) => id) ?? []
  const near = didYouMean(ref.model, ids)
  const there = near ? `did you mean ${ref.provider}/${near}?` : `there are: ${ids.slice(0, 5).join(', ')}.`
  throw new Fault('provider.unknown-model', `The settings list no model ${ref.model} of ${ref.provider}; ${there}`, {
    remedy: `Add it to models.providers.${ref.provider}.models, or choose one with /models.`,
  })
}

/** Stops every run of a session; false when one goes on. */
async function stopRuns(runs: Runs, key: string): Promise<boolean> {
  const stopped = runs.settled(runs.abort(key, undefined, 'rpc')).then(() => true)
  const late = deadline(stopPatienceMs)
  return await Promise.race([
    stopped,
    new Promise<boolean>((resolve) => late.addEventListener('abort', () => resolve(false), { once: true })),
  ])
}
