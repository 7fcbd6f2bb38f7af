/** A row of the table of line commands: its words and where it is loaded from, for a start that loads nothing else. */

import type { Command } from './command.ts'

export type CommandRow = {
  readonly name: string
  readonly about: string
  readonly load: () => Promise<Command>
  /** Everything after the command's words is its own to read; the gateway has its own flags. */
  readonly takesAll?: boolean
}
