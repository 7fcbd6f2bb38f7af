/** What a slash command is, and what it may touch. */

import type { SavedProfiles } from '../fleet/saved.ts'
import type { Asker } from '../gateway/asker.ts'
import type { HiddenLine } from '../gateway/hidden-line.ts'
import type { Intents } from '../gateway/intents.ts'
import type { Notifier } from '../gateway/notifier.ts'
import type { Action } from '../store/action.ts'
import type { State } from '../store/state.ts'
import type { Store } from '../store/store.ts'

/** What the terminal around the screen can do. */
export type ScreenControls = {
  /** Rows down (negative: up), pages, or all the way. */
  scroll(by: { rows: number } | { pages: number } | 'top' | 'bottom'): void
  /** Brings an item of the conversation to the top of the view, unfolded if need be, or its row that holds `words`: false when it shows none. */
  reveal(itemId: string, words: string): boolean
  /** Puts text on the clipboard and says which way it took. */
  copy(text: string): Promise<string>
  /** The page to read, rows on. */
  turnPage(rows: number): void
  /** Has all of the question whether a command may run been on screen? */
  hasShownCommand(): boolean
  /** The next or the last page of it. */
  turnCommand(direction: 1 | -1): void
  redraw(): void
  /** Writes in the reader's own editor; undefined when they have none or left it with an error. */
  edit(text: string): Promise<string | undefined>
  suspend(): void
  quit(): void
}

/** Going from one gateway to another. */
export type FleetControls = {
  /** False when there is none with this id. */
  switchTo(id: string): boolean
  /** Looks whether the saved profiles have become others, in the background. */
  refresh(): void
  /** The same, and waits for it. */
  reload(): Promise<void>
  /** Connects to one that is not connected; one that is is asked, and how long its answer took in ms is the result. */
  test(id: string): Promise<number | undefined>
  /** What is kept of one that is to be deleted is written no more, unless what comes back is called. */
  stopKeeping(id: string): () => void
}

/** Of the gateway on screen, at the moment one looks. */
export type CommandContext = {
  readonly fleet: FleetControls
  readonly store: Store<State, Action>
  readonly intents: Intents
  readonly asker: Asker
  readonly notifier: Notifier
  readonly screen: ScreenControls
  readonly saved: SavedProfiles
  /** The secret that is typed into the form of a profile. */
  readonly hidden: HiddenLine
}

export type SlashCommand = {
  readonly name: string
  readonly aliases: readonly string[]
  /** How arguments are written; empty when there are none. */
  readonly usage: string
  readonly about: string
  /** Values the first argument can have, for completion. */
  readonly values?: (state: State) => readonly string[]
  /** `refused`, at once or later: what was written comes back, to be mended. */
  run(context: CommandContext, args: string): unknown
}

/** Says why. */
export function refuse({ notifier }: CommandContext, text: string, remedy?: string): 'refused' {
  notifier.say('warning', text, remedy)
  return 'refused'
}

export function defineCommand(command: Omit<SlashCommand, 'aliases' | 'usage'> & Partial<SlashCommand>): SlashCommand {
  return { aliases: [], usage: '', ...command }
}
