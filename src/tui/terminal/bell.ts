/** Calling someone back to the window: the bell, and a desktop notification where the terminal has one. Pure text. */
import { oneLine } from '../layout/sanitize.ts'

export type Notification = { title: string; body: string }

export type NotifyEnv = Readonly<Partial<Record<'TERM' | 'TERM_PROGRAM' | 'KITTY_WINDOW_ID' | 'TMUX' | 'STY', string>>>

/** Longest body, in UTF-16 units. */
const maxBody = 200

/**
 * The sequence to send: kitty's OSC 99, rxvt's OSC 777 (Ghostty, WezTerm, foot), iTerm2's OSC 9; everywhere the bell,
 * which also marks the window in tmux and screen.
 */
export function notify({ title, body }: Notification, env: NotifyEnv): string {
  const head = field(title)
  const text = field(body).slice(0, maxBody)
  if (env.TMUX || env.STY) return '\x07'
  if (env.KITTY_WINDOW_ID || env.TERM === 'xterm-kitty') {
    return `\x1b]99;i=clawdbot:d=0;${head}\x1b\\\x1b]99;i=clawdbot:p=body;${text}\x1b\\\x07`
  }
  if (/^(ghostty|WezTerm|foot)$/i.test(env.TERM_PROGRAM ?? '') || /^(foot|rxvt)/.test(env.TERM ?? '')) {
    return `\x1b]777;notify;${head};${text}\x1b\\\x07`
  }
  if (env.TERM_PROGRAM === 'iTerm.app') return `\x1b]9;${head}: ${text}\x07\x07`
  return '\x07'
}

/** One line, and no semicolon, which divides the fields of OSC 777. */
const field = (text: string): string => oneLine(text).replaceAll(';', ',')
