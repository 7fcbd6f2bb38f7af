/** The nouns the gateway answers itself, joined with those other rooms answer. */

import { commandsMethods } from '../methods/commands.ts'
import { devicesMethods } from '../methods/devices.ts'
import { healthMethods } from '../methods/health.ts'
import { reattachMethods } from '../methods/reattach.ts'
import { systemMethods } from '../methods/system.ts'
import { type Handlers, mergeHandlers } from '../methods/table.ts'
import type { GatewayParts } from './server-parts.ts'
import type { GatewayState } from './state.ts'

export function allHandlers(parts: GatewayParts, state: GatewayState): Handlers {
  const { clock, bus, devices, sessions, defaultAgentId } = parts
  const { health, presence, hub, feed, connections, codes, announcePresence } = state
  return mergeHandlers({
    ...parts.handlers,
    health: healthMethods({ health, sessions, channels: parts.channels, defaultAgentId, clock }),
    system: systemMethods({ presence, announcePresence }),
    devices: devicesMethods({
      devices,
      codes,
      bus,
      clock,
      closeDevice: (deviceId, role) => connections.closeDevice(deviceId, role),
      nodeRevoked: (nodeId) => parts.nodes.revoked(nodeId),
      note: parts.doorbook.changed,
    }),
    commands: commandsMethods(),
    reattach: reattachMethods({ hub, feed }),
  })
}
