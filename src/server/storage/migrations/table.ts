/** Every step of the schema, oldest first. A released step is never edited; a change is a new step. */

import { conversations } from './001-conversations.ts'
import { devices } from './002-devices.ts'
import { nodes } from './003-nodes.ts'
import { channels } from './004-channels.ts'
import { decidedDevices } from './005-decided-devices.ts'

export type Migration = { readonly id: number; readonly name: string; readonly sql: string }

export const migrations: readonly Migration[] = [conversations, devices, nodes, channels, decidedDevices]
