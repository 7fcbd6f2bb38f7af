/** `clawdbot health`: is the gateway there, does it know us, and do its channels work. */

import { healthEvents, healthMethods } from '../shared/protocol/health.ts'
import { vocabularyOf } from '../shared/rpc/vocabulary.ts'
import { healthLines } from './channel-lines.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { oneLine } from './style.ts'

/** All this command says and hears. */
const vocabulary = vocabularyOf(healthMethods, healthEvents)

export const health = defineCommand({
  name: 'health',
  about: 'check that the gateway is reachable, knows this device, and has its channels',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags } = invocation
    return await withGateway(
      invocation,
      async ({ call }) => {
        const result = await call('health', {})
        if (flags.json) printJson(invocation, result)
        else {
          out(result.ok ? '✅ Gateway is healthy\n' : '❌ The gateway says that it is not well\n')
          out('✅ Authenticated successfully\n')
          for (const line of healthLines(result)) out(`${oneLine(line)}\n`)
        }
        return result.ok ? 0 : 1
      },
      { vocabulary },
    )
  },
})
