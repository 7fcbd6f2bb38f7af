/** The terminal modes we switch on, and the one string that puts everything back. */

/**
 * Bracketed paste, focus reports, news of dark and light (2031), and kitty keys with the base layout (flags 1 and 4).
 * Terminals ignore what they lack.
 */
export const enterModes = '\x1b[?2004h\x1b[?1004h\x1b[?2031h\x1b[>5u'

/** The opposite of `enterModes`, in reverse. */
export const leaveModes = '\x1b[<u\x1b[?2031l\x1b[?1004l\x1b[?2004l'

/** Mouse reports in the SGR form; off unless someone asks, since they take text selection away. */
export const enterMouse = '\x1b[?1000h\x1b[?1002h\x1b[?1006h'
const leaveMouse = '\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l'

/** Questions whose answers arrive as `reply` events. Device attributes come last: every terminal answers those. */
export const askTerminal = '\x1b]11;?\x1b\\\x1b[?2026$p\x1b[?2004$p\x1b[?u\x1b[>q\x1b[c'

/**
 * Everything we or Ink may have changed, undone: synchronized output, mouse, keys, paste, focus, colors, cursor, wrap, screen.
 * Written twice it does no harm.
 */
export const restoreTerminal = `\x1b[?2026l${leaveMouse}${leaveModes}\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l`

export const enterAlternate = '\x1b[?1049h'
export const leaveAlternate = '\x1b[?1049l'

/**
 * What is too long for a row stays in it. Terminals differ in how wide they draw a cluster of emoji: where one draws it
 * wider than we count, the end of a full row would go on the next one, and on the last row move the whole screen.
 */
export const keepInRow = '\x1b[?7l'
export const wrapRows = '\x1b[?7h'
export const hideCursor = '\x1b[?25l'
export const showCursor = '\x1b[?25h'

/** Synchronized output: what is between these is shown at once. */
export const beginSync = '\x1b[?2026h'
export const endSync = '\x1b[?2026l'

/** Home, and erase from there down: unlike 2J it pushes nothing into the scrollback. */
export const eraseScreen = '\x1b[H\x1b[J'
