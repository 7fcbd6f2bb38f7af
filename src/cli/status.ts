/** `clawdbot status`: one page about the gateway, its sessions and channels. */

import { formatDuration } from '../shared/std/duration.ts'
import { channelSummary } from './channel-lines.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { columns, facts } from './style.ts'

export const status = defineCommand({
  name: 'status',
  about: 'gateway, sessions and channels at a glance',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, clock, flags } = invocation
    const startedAt = clock.monotonic()
    return await withGateway(invocation, async ({ call, hello, target }) => {
      const reachMs = clock.monotonic() - startedAt
      const [state, health] = await Promise.all([call('status', {}), call('health', {})])
      if (flags.json) {
        printJson(invocation, {
          gateway: { url: target.origin, version: hello.server.version },
          status: state,
          health,
        })
        return 0
      }
      const uptimeMs = hello.snapshot?.uptimeMs
      out(
        `Gateway\n${facts([
          ['Address', `${target.origin} (${target.source})`],
          ['Reachable', formatDuration(reachMs)],
          ['Version', hello.server.version],
          ['Uptime', uptimeMs === undefined ? undefined : formatDuration(uptimeMs)],
          ['Model', state.sessions.defaults.model ?? undefined],
          ['Channels', channelSummary(health) || 'none'],
          ['Sessions', String(state.sessions.count)],
        ])}`,
      )
      const rows = state.sessions.recent.map((row) => [
        row.key,
        row.age === null ? '' : `${formatDuration(row.age)} ago`,
        row.model ?? '',
        !row.totalTokens ? '' : `${row.totalTokens} tokens`,
      ])
      if (rows.length > 0) out(`\n${columns(['Session', 'Last', 'Model', 'Context'], rows)}`)
      return 0
    })
  },
})
