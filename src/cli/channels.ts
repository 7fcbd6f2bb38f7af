/** `clawdbot channels status`: the chat services the gateway listens to. */

import { channelState } from './channel-lines.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { defaultTimeoutMs, printJson, withGateway } from './gateway-call.ts'
import { columns } from './style.ts'

export const channelsStatus = defineCommand({
  name: 'channels status',
  about: 'chat channels and their accounts',
  flags: { ...gatewayFlags, probe: { type: 'boolean', about: 'ask the services themselves' } },
  async run(invocation) {
    const { out, flags } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const timeoutMs = Math.max(1_000, flags.timeout ?? defaultTimeoutMs)
      const result = await call('channels.status', { probe: flags.probe, timeoutMs })
      if (flags.json) printJson(invocation, result)
      else {
        const rows = Object.entries(result.channelAccounts).flatMap(([id, accounts]) =>
          accounts.map((account) => [
            result.channelLabels[id] ?? id,
            account.name ?? account.accountId,
            channelState(account),
          ]),
        )
        out(rows.length === 0 ? 'No channels are configured.\n' : columns(['Channel', 'Account', 'State'], rows))
      }
      return 0
    })
  },
})
