/** `logging`: how much is written down. */

import * as z from 'zod'

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

export const loggingSection = z.strictObject({
  level: z.enum(logLevels).default('info').describe('Lines below this level are not written.'),
  redactSensitive: z
    .enum(['off', 'tools'])
    .default('tools')
    .describe('`tools` masks what looks like a key or token. Configured secrets are always masked.'),
})
