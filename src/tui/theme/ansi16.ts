/** The terminal's own sixteen colors, which its user chose to be readable on a background that we do not know. */
import type { Theme } from './tokens.ts'

export const ansi16: Theme = {
  name: 'ansi16',
  colors: {
    text: 'default',
    muted: 'default',
    accent: 6,
    success: 2,
    warning: 3,
    danger: 1,
    user: 4,
    assistant: 'default',
    tool: 5,
    code: 6,
    selection: 'default',
    border: 'default',
  },
}

/** No color at all (https://no-color.org); bold, underline and inverse remain. */
export const none: Theme = {
  name: 'none',
  colors: Object.fromEntries(Object.keys(ansi16.colors).map((token) => [token, 'default'])) as Theme['colors'],
}
