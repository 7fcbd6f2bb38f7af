/** The gateway's configuration as peers see it: redacted (section 7.9). */

import * as z from 'zod'
import { defineMethod } from './method.ts'

/** What stands in place of every secret. */
export const redactedValue = '__CLAWDBOT_REDACTED__'

export const configGet = defineMethod({
  name: 'config.get',
  about: 'The configuration file and what it means, every secret replaced.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () =>
    z.looseObject({
      path: z.string(),
      exists: z.boolean(),
      raw: z.string().nullable(),
      parsed: z.unknown(),
      valid: z.boolean(),
      config: z.looseObject({}),
      hash: z.string().nullable(),
      issues: z.array(z.looseObject({ path: z.string(), message: z.string() })),
      warnings: z.array(z.looseObject({ path: z.string(), message: z.string() })),
      legacyIssues: z.array(z.looseObject({})),
    }),
})

export const configMethods = [configGet] as const
