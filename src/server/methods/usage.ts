/** `usage.*`: tokens by day. */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { HandlerContext } from '../gateway/context.ts'
import type { UsageTotals } from '../sessions/usage.ts'

export type UsageParts = { clock: Clock; usageByDay(days: number): (UsageTotals & { date: string })[] }

export function usageMethods({ clock, usageByDay }: UsageParts): HandlersOf<'usage', HandlerContext> {
  return {
    // No provider in this product tells its quota.
    'usage.status': () => ({ updatedAt: clock.now(), providers: [] }),
    'usage.cost': ({ days = 30 }) => {
      const daily = usageByDay(days).map(({ date, ...totals }) => ({ date, ...priced(totals) }))
      return { updatedAt: clock.now(), days, totals: daily.reduce(add, priced(nothing)), daily }
    },
  }
}

const nothing: UsageTotals = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, answers: 0 }

type Priced = Omit<UsageTotals, 'answers'> & { totalCost: number; missingCostEntries: number }

/** Prices are unknown here, so every answer counts as missing its cost. */
function priced({ answers, ...tokens }: UsageTotals): Priced {
  return { ...tokens, totalCost: 0, missingCostEntries: answers }
}

function add(
  sum: Priced,
  { input, output, cacheRead, cacheWrite, totalTokens, totalCost, missingCostEntries }: Priced,
): Priced {
  return {
    input: sum.input + input,
    output: sum.output + output,
    cacheRead: sum.cacheRead + cacheRead,
    cacheWrite: sum.cacheWrite + cacheWrite,
    totalTokens: sum.totalTokens + totalTokens,
    totalCost: sum.totalCost + totalCost,
    missingCostEntries: sum.missingCostEntries + missingCostEntries,
  }
}
