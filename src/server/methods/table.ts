/** Every handler of the gateway: one group per noun, merged into the table dispatch looks names up in. */

import type { MethodName, Noun } from '../../shared/protocol/table.ts'
import type { Handler, HandlersOf } from '../../shared/rpc/call.ts'
import type { HandlerContext } from '../gateway/context.ts'

/** One group per noun, each complete; a noun without handlers does not compile. */
export type HandlersByNoun = { [G in Noun]: HandlersOf<G, HandlerContext> }

export type Handlers = { [N in MethodName]: Handler<N, HandlerContext> }

export function mergeHandlers(nouns: HandlersByNoun): Handlers {
  const { health, system, chat, agent, sessions, agents, channels, nodes, devices, exec, config, logs, usage } = nouns
  const { commands, reattach, security } = nouns
  return {
    ...health,
    ...system,
    ...chat,
    ...agent,
    ...sessions,
    ...agents,
    ...channels,
    ...nodes,
    ...devices,
    ...exec,
    ...config,
    ...logs,
    ...usage,
    ...commands,
    ...reattach,
    ...security,
  }
}
