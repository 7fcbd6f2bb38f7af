/** `clawdbot sessions`: the conversations of a gateway, listed or searched. */

import { sessionTitle } from '../client/session-words.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { countFlag, defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { columns, oneLine } from './style.ts'

export const sessionsList = defineCommand({
  name: 'sessions list',
  about: 'sessions, newest first',
  flags: { ...gatewayFlags, limit: countFlag('how many', 50, 10_000) },
  async run(invocation) {
    const { out, flags, clock } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const limit = flags.limit ?? 50
      const list = await call('sessions.list', { limit, includeDerivedTitles: true, includeLastMessage: true })
      if (flags.json) printJson(invocation, list)
      else if (list.sessions.length === 0) out('No sessions yet.\n')
      else {
        const rows = list.sessions.map((row) => [
          row.key,
          row.updatedAt === null ? '' : `${formatDuration(clock.now() - row.updatedAt)} ago`,
          row.model ?? '',
          sessionTitle(row.key, row).slice(0, 60),
        ])
        out(columns(['Session', 'Last', 'Model', 'Title'], rows))
      }
      return 0
    })
  },
})

export const sessionsSearch = defineCommand({
  name: 'sessions search',
  about: 'find words in all messages, best match first',
  args: '<words>',
  flags: { ...gatewayFlags, limit: countFlag('how many', 20, 200) },
  async run(invocation) {
    const { out, flags, args } = invocation
    const query = args.join(' ').trim()
    if (query === '') throw usage('sessions search needs words to look for', 'sessions search')
    return await withGateway(invocation, async ({ call }) => {
      const { hits } = await call('sessions.search', { query, limit: flags.limit ?? 20 })
      if (flags.json) printJson(invocation, { hits })
      else if (hits.length === 0) out('Nothing found.\n')
      for (const hit of flags.json ? [] : hits) {
        const snippet = hit.snippet.replaceAll('\u0002', '«').replaceAll('\u0003', '»')
        out(
          `${new Date(hit.timestamp).toISOString().slice(0, 16).replace('T', ' ')}  ${oneLine(hit.key)}  ${oneLine(hit.role)}\n`,
        )
        out(`  ${oneLine(snippet)}\n`)
      }
      return 0
    })
  },
})
