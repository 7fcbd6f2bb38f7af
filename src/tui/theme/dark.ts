/** For dark backgrounds. Every foreground has contrast 4.5 or more on black and on the usual dark grays (see the test). */
import type { Theme } from './tokens.ts'

export const dark: Theme = {
  name: 'dark',
  colors: {
    text: 'default',
    muted: '#9aa4b2',
    accent: '#7cc4ff',
    success: '#7ee2a0',
    warning: '#ffd479',
    danger: '#ff9a94',
    user: '#8fd3ff',
    assistant: 'default',
    tool: '#d7b6ff',
    code: '#e8c9a0',
    selection: '#2f4a66',
    border: '#7d8794',
  },
}
