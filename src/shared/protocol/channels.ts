/** Chat channels and their state (section 7.4). */

import * as z from 'zod'
import { defineMethod } from './method.ts'

const channelAccount = z.looseObject({
  accountId: z.string(),
  name: z.string().optional(),
  enabled: z.boolean().optional(),
  configured: z.boolean().optional(),
  linked: z.boolean().optional(),
  running: z.boolean().optional(),
  connected: z.boolean().optional(),
  lastError: z.string().nullish(),
  mode: z.string().optional(),
  tokenSource: z.string().optional(),
})

const channelsStatus = defineMethod({
  name: 'channels.status',
  about: 'Every channel and account; `probe` asks the services themselves.',
  scope: 'read',
  params: () => z.looseObject({ probe: z.boolean().optional(), timeoutMs: z.int().min(1000).max(120_000).optional() }),
  result: () =>
    z.looseObject({
      ts: z.number(),
      channelOrder: z.array(z.string()),
      channelLabels: z.record(z.string(), z.string()),
      channels: z.record(z.string(), z.looseObject({})),
      channelAccounts: z.record(z.string(), z.array(channelAccount)),
      channelDefaultAccountId: z.record(z.string(), z.string()),
    }),
})

export const channelsMethods = [channelsStatus] as const
