/** Token use by day, added up from the hours stored. */

import type { Database } from '../storage/database.ts'

export type UsageTotals = {
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
  totalTokens: number
  answers: number
}

/** The last `days` days that have any use, oldest first; a day is one of `timeZone` (IANA name, default this machine's). */
export function usageByDay(
  db: Database,
  now: number,
  days: number,
  timeZone?: string,
): (UsageTotals & { date: string })[] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const first = format.format(now - (days - 1) * 86_400_000)
  const byDate = new Map<string, UsageTotals>()
  const rows = db.all(
    'SELECT * FROM usage_hours WHERE hour >= ? ORDER BY hour',
    Math.floor(now / 3_600_000) - days * 24,
  )
  for (const row of rows) {
    const date = format.format(Number(row.hour) * 3_600_000)
    if (date < first) continue
    const totals = byDate.get(date) ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, answers: 0 }
    totals.input += Number(row.input)
    totals.output += Number(row.output)
    totals.cacheRead += Number(row.cache_read)
    totals.cacheWrite += Number(row.cache_write)
    totals.totalTokens += Number(row.total)
    totals.answers += Number(row.answers)
    byDate.set(date, totals)
  }
  return [...byDate].map(([date, totals]) => ({ date, ...totals }))
}
