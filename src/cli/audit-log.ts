/** `clawdbot audit log`: who got in, who was refused, what was paired, approved, run and changed on this gateway. */

import { existsSync } from 'node:fs'
import { countFlag, defineCommand } from './command.ts'
import { usage } from './parse.ts'
import { columns } from './style.ts'

const shownByDefault = 50
/** So many are in the log at most. */
const mostKept = 200_000

export const auditLog = defineCommand({
  name: 'audit log',
  about: 'who got in, was refused, paired, approved, ran and changed what; every entry is chained to the one before',
  flags: {
    limit: countFlag('newest entries shown', shownByDefault, mostKept),
    what: { type: 'string', about: 'only this kind, such as auth, pairing, approval, exec, config', value: '<kind>' },
    since: { type: 'string', about: 'only from then on, such as 2h or 7d', value: '<time>' },
    verify: { type: 'boolean', about: 'check the chain: exit code 1 when an entry was changed or removed' },
    json: { type: 'boolean', about: 'print JSON, one entry a line' },
  },
  async run({ host, out, err, flags, clock }) {
    const { journal } = await host()
    const sinceMs = flags.since === undefined ? undefined : clock.now() - durationOf(flags.since)
    if (!existsSync(journal.path)) {
      err(`There is no audit log yet; a gateway begins it in ${journal.path}\n`)
      return 0
    }
    using log = journal.open()
    if (flags.verify) {
      const check = log.check()
      if (flags.json) out(`${JSON.stringify({ ok: check.kind === 'whole', ...check })}\n`)
      else if (check.kind === 'whole') {
        out(
          `✅ ${check.entries} entries, none changed or missing since they were written\n   The last one: ${check.hash}\n`,
        )
      } else
        err(
          `❌ The audit log was tampered with or damaged: ${check.why}\n   Keep ${journal.path} for whoever looks into it.\n`,
        )
      return check.kind === 'whole' ? 0 : 1
    }
    const entries = log.read({ limit: flags.limit ?? shownByDefault, what: flags.what, sinceMs })
    if (flags.json) for (const entry of entries) out(`${JSON.stringify(entry)}\n`)
    else if (entries.length === 0) out('Nothing of that kind is in the audit log.\n')
    else out(columns(['#', 'When', 'What', 'Facts'], entries.map(row)))
    return 0
  },
})

function row({
  seq,
  at,
  what,
  facts,
}: {
  seq: number
  at: number
  what: string
  facts: Readonly<Record<string, unknown>>
}) {
  const shown = Object.entries(facts).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [String(seq), new Date(at).toISOString().slice(0, 19).replace('T', ' '), what, shown.join(' ')]
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function durationOf(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (count !== undefined) return Number(count) * (unitMs[unit] ?? 0)
  throw usage(`--since takes a length of time such as 30m, 2h or 7d, not ${JSON.stringify(text)}`, 'audit log')
}
