/** Every method and event of the wire, by noun, and the types derived from that list. */

import type * as z from 'zod'
import { agentEvents, agentMethods } from './agent.ts'
import { agentsMethods } from './agents.ts'
import { channelsEvents, channelsMethods } from './channels.ts'
import { chatEvents, chatMethods } from './chat.ts'
import { commandsMethods } from './commands.ts'
import { configMethods } from './config.ts'
import { devicesEvents, devicesMethods } from './devices.ts'
import type { Event } from './event.ts'
import { execEvents, execMethods } from './exec.ts'
import { healthEvents, healthMethods } from './health.ts'
import { logsMethods } from './logs.ts'
import type { Method } from './method.ts'
import { nodesEvents, nodesMethods } from './nodes.ts'
import { reattachMethods } from './reattach.ts'
import { securityMethods } from './security.ts'
import { sessionsEvents, sessionsMethods } from './sessions.ts'
import { systemEvents, systemMethods } from './system.ts'
import { usageMethods } from './usage.ts'

/** Methods by noun; a noun is a file here and in `server/methods`. */
export const methodsByNoun = {
  health: healthMethods,
  system: systemMethods,
  chat: chatMethods,
  agent: agentMethods,
  sessions: sessionsMethods,
  agents: agentsMethods,
  channels: channelsMethods,
  nodes: nodesMethods,
  devices: devicesMethods,
  exec: execMethods,
  config: configMethods,
  logs: logsMethods,
  usage: usageMethods,
  security: securityMethods,
  commands: commandsMethods,
  reattach: reattachMethods,
} as const

export const eventList = [
  ...healthEvents,
  ...systemEvents,
  ...chatEvents,
  ...agentEvents,
  ...sessionsEvents,
  ...nodesEvents,
  ...devicesEvents,
  ...execEvents,
  ...channelsEvents,
] as const

export type Noun = keyof typeof methodsByNoun
export type MethodOf<G extends Noun> = (typeof methodsByNoun)[G][number]
export type AnyMethod = MethodOf<Noun>
export type MethodName = AnyMethod['name']
type Named<N extends MethodName> = Extract<AnyMethod, { name: N }>

/** Params as a caller writes them. */
export type Params<N extends MethodName> = z.input<Named<N>['params']>
/** Params as a handler receives them. */
export type ParsedParams<N extends MethodName> = z.output<Named<N>['params']>
export type Result<N extends MethodName> = z.output<Named<N>['result']>

export type AnyEvent = (typeof eventList)[number]
export type EventName = AnyEvent['name']
export type Payload<E extends EventName> = z.output<Extract<AnyEvent, { name: E }>['payload']>

export const methodList: readonly AnyMethod[] = Object.values(methodsByNoun).flat()
export const methodTable: ReadonlyMap<string, Method> = new Map(methodList.map((method) => [method.name, method]))
export const eventTable: ReadonlyMap<string, Event> = new Map(eventList.map((event) => [event.name, event]))
