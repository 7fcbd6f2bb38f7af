/** Token use over time (section 7.14). */

import * as z from 'zod'
import { defineMethod } from './method.ts'

const totals = {
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  totalTokens: z.number(),
  totalCost: z.number(),
  missingCostEntries: z.number(),
}

const usageStatus = defineMethod({
  name: 'usage.status',
  about: 'Quota windows of the model providers, where they tell.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ updatedAt: z.number(), providers: z.array(z.looseObject({ provider: z.string() })) }),
})

const usageCost = defineMethod({
  name: 'usage.cost',
  about: 'Tokens by day. Prices are unknown here, so every entry counts as missing its cost.',
  scope: 'read',
  params: () => z.looseObject({ days: z.int().min(1).max(366).optional() }),
  result: () =>
    z.looseObject({
      updatedAt: z.number(),
      days: z.number(),
      totals: z.looseObject(totals),
      daily: z.array(z.looseObject({ date: z.string(), ...totals })),
    }),
})

export const usageMethods = [usageStatus, usageCost] as const
