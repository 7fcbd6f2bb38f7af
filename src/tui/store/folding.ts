/** Which items of the conversation are unfolded. The same view gives the same function, so layouts are found again. */

import type { Item } from './item.ts'
import type { View } from './view.ts'

type Opener = (item: Item) => boolean

/** By the set of single exceptions, of which every view has one, then by the two switches. */
const openers = new WeakMap<View['toggled'], Map<string, Opener>>()

export function itemOpener({ toggled, showsTools, showsThoughts }: View): Opener {
  const known = openers.get(toggled) ?? new Map<string, Opener>()
  openers.set(toggled, known)
  const switches = `${showsTools} ${showsThoughts}`
  const opener =
    known.get(switches) ?? ((item) => toggled.has(item.id) !== (item.kind === 'thought' ? showsThoughts : showsTools))
  known.set(switches, opener)
  return opener
}
