/** What a terminal can tell us, once its bytes have been understood. */

/** One thing that arrived from the terminal. Replies are listed apart so that they can never be typed into a prompt. */
export type InputEvent = TextEvent | KeyEvent | PasteEvent | MouseEvent | FocusEvent | ReplyEvent

/** Printable text, as many characters as came together. Never holds a control character. */
export type TextEvent = { kind: 'text'; text: string }

/** A key that is not text. `key` is its canonical name, such as `enter`, `ctrl+k` or `shift+enter`: see keys.ts. */
export type KeyEvent = { kind: 'key'; key: string }

/**
 * A bracketed paste; line ends are `\n`. `isWhole` is false for a piece of a paste that did not end in time or was
 * longer than the limit: the next event may be its continuation.
 */
export type PasteEvent = { kind: 'paste'; text: string; isWhole: boolean }

/** A mouse report. `column` and `row` count from 1. */
export type MouseEvent = {
  kind: 'mouse'
  action: 'press' | 'release' | 'move' | 'wheel-up' | 'wheel-down'
  button: 'left' | 'middle' | 'right' | 'none'
  column: number
  row: number
  shift: boolean
  alt: boolean
  ctrl: boolean
}

/** The terminal window gained or lost the focus (DECSET 1004). */
export type FocusEvent = { kind: 'focus'; isFocused: boolean }

export type ReplyEvent = { kind: 'reply'; reply: Reply }

/** An answer to a question we asked the terminal. */
export type Reply =
  /** Primary device attributes, asked with `CSI c`. Every terminal answers, so it also ends a round of questions. */
  | { of: 'device-attributes'; attributes: number[] }
  /** DECRPM: is a private mode known, and set? Asked with `CSI ? mode $ p`. */
  | { of: 'mode'; mode: number; state: 'unknown' | 'set' | 'reset' | 'always-set' | 'always-reset' }
  /** The kitty keyboard flags in force, asked with `CSI ? u`. */
  | { of: 'kitty-keyboard'; flags: number }
  /** XTVERSION: the terminal's name and version, asked with `CSI > q`. */
  | { of: 'version'; text: string }
  /** OSC 10 (text) or 11 (background): 8 bits per channel. */
  | { of: 'color'; target: 'text' | 'background'; red: number; green: number; blue: number }
  /** Mode 2031: the desktop changed between dark and light. */
  | { of: 'color-scheme'; scheme: 'dark' | 'light' }
  | { of: 'cursor'; row: number; column: number }
  /** Understood as an answer, but to nothing we ask. Kept for the log. */
  | { of: 'other'; text: string }
