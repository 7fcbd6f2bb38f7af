/** Flags of the screen, which opens where no command is given. */

import { type Flags, gatewayFlags, waitFlag } from './command.ts'

export const screenFlags = {
  ...gatewayFlags,
  timeout: waitFlag('the answer to what is piped in may take; then it is stopped', 'no limit; 10000 to be let in'),
  session: { type: 'string', about: 'session key to open (the main session)', value: '<key>' },
} as const satisfies Flags
