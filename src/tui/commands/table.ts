/** Every slash command of the terminal, in the order the help shows them. Other slash words go to the gateway. */

import type { SlashCommand } from './command.ts'
import { devices } from './devices.ts'
import { use } from './gateways.ts'
import { model, models, think, verbose } from './model.ts'
import { nodes } from './nodes.ts'
import { outbox } from './outbox.ts'
import { pair } from './pair.ts'
import { pairing } from './pairing.ts'
import { profiles } from './profiles.ts'
import { abort, connection, reconnect, status } from './run.ts'
import { security } from './security.ts'
import { compact, find, fresh, search, session, sessions } from './session.ts'
import { copy, exit, help } from './view.ts'

export const slashCommands: readonly SlashCommand[] = [
  help,
  status,
  security,
  pairing,
  use,
  profiles,
  devices,
  pair,
  nodes,
  connection,
  sessions,
  session,
  fresh,
  models,
  model,
  think,
  verbose,
  compact,
  abort,
  outbox,
  find,
  search,
  copy,
  reconnect,
  exit,
]
