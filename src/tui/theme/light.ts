/** For light backgrounds. Every foreground has contrast 4.5 or more on white and on the usual creams (see the test). */
import type { Theme } from './tokens.ts'

export const light: Theme = {
  name: 'light',
  colors: {
    text: 'default',
    muted: '#545d68',
    accent: '#005a9e',
    success: '#1a6334',
    warning: '#7a4b00',
    danger: '#ab1f1a',
    user: '#004f8b',
    assistant: 'default',
    tool: '#6a2fa0',
    code: '#7a3a10',
    selection: '#cfe3f7',
    border: '#6b7480',
  },
}
