/** Flags of the screen, which opens where no command is given. */

import { type Flags, gatewayFlags } from './command.ts'

export const screenFlags = {
  ...gatewayFlags,
  session: { type: 'string', about: 'session key to open (the main session)', value: '<key>' },
} as const satisfies Flags
