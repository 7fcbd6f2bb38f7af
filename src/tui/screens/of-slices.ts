/** Parts of the screen that words streaming in leave alone: drawn again only when what they are drawn of has changed. */

import type { State } from '../store/state.ts'

/**
 * `draw`, which sees only these slices of the state; while they and the further arguments are the same objects, its last
 * result is given again. So a frame of a streamed answer costs neither their layout nor their colors (bench/terminal.ts).
 */
export function ofSlices<Key extends keyof State, Rest extends readonly unknown[], Drawn>(
  keys: readonly Key[],
  draw: (slices: Pick<State, Key>, ...rest: Rest) => Drawn,
): (slices: Pick<State, Key>, ...rest: Rest) => Drawn {
  let last: { slices: Pick<State, Key>; rest: Rest; drawn: Drawn } | undefined
  return (slices, ...rest) => {
    const isSame =
      last !== undefined &&
      keys.every((key) => last?.slices[key] === slices[key]) &&
      rest.every((value, at) => last?.rest[at] === value)
    if (last === undefined || !isSame) last = { slices, rest, drawn: draw(slices, ...rest) }
    return last.drawn
  }
}
