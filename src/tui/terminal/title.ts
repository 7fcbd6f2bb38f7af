/** The window title, through OSC 2. Save and restore use xterm's title stack (CSI 22/23 t). */
import { oneLine } from '../layout/sanitize.ts'

/** Longest title, in UTF-16 units; some window managers cut far later, none needs more. */
const maxUnits = 120

export const saveTitle = '\x1b[22;2t'
export const restoreTitle = '\x1b[23;2t'

/** The sequence that sets the title. Names from elsewhere may be in it: they lose all that is not text. */
export function setTitle(text: string): string {
  return `\x1b]2;${oneLine(text).slice(0, maxUnits)}\x07`
}
