/** `clawdbot logs`: the end of the gateway's log, and what is added while one looks. */

import { isRecord, parseJson } from '../shared/std/json.ts'
import { sleep } from '../shared/std/signal.ts'
import { countFlag, defineCommand, gatewayFlags } from './command.ts'
import { withGateway } from './gateway-call.ts'
import { oneLine } from './style.ts'

/** How often `--follow` asks, milliseconds. */
const pollMs = 1_000

export const logs = defineCommand({
  name: 'logs',
  about: "the end of the gateway's log",
  flags: {
    ...gatewayFlags,
    follow: { type: 'boolean', about: 'keep printing what is added, until Ctrl+C' },
    limit: countFlag('how many lines', 200, 5000),
  },
  async run(invocation) {
    const { out, flags, clock, signal } = invocation
    return await withGateway(invocation, async ({ call }) => {
      let page = await call('logs.tail', { limit: flags.limit ?? 200 })
      if (!flags.json) out(`Log file: ${oneLine(page.file)}\n`)
      for (;;) {
        for (const line of page.lines) out(`${flags.json ? line : logLine(line)}\n`)
        if (!flags.follow) return 0
        await sleep(clock, pollMs, signal).catch(() => {}) // Ctrl+C is the way to end following
        if (signal.aborted) return 0
        page = await call('logs.tail', { cursor: page.cursor })
      }
    })
  },
})

/** `10:00:00 info gateway listening`; a line that is not JSON stays as it is. */
export function logLine(line: string): string {
  const parsed = parseJson(line)
  if (!parsed.ok || !isRecord(parsed.value)) return oneLine(line)
  const entry = parsed.value
  const meta = isRecord(entry._meta) ? entry._meta : {}
  const words = Object.keys(entry)
    .filter((key) => /^\d+$/.test(key))
    .map((key) => entry[key])
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  const subsystem = subsystemOf(words[0])
  const message = (subsystem === undefined ? words : words.slice(1)).join(' ')
  const time = typeof entry.time === 'string' ? entry.time : ''
  const level = typeof meta.logLevelName === 'string' ? meta.logLevelName.toLowerCase() : ''
  return oneLine([time, level, subsystem, message].filter((word) => word !== undefined && word !== '').join(' '))
}

function subsystemOf(word: string | undefined): string | undefined {
  const parsed = parseJson(word ?? '')
  if (!parsed.ok || !isRecord(parsed.value)) return undefined
  return typeof parsed.value.subsystem === 'string' ? parsed.value.subsystem : undefined
}
