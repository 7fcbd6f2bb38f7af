/** The gateway's log, read from afar (section 7.10). */

import * as z from 'zod'
import { defineMethod } from './method.ts'

const logsTail = defineMethod({
  name: 'logs.tail',
  about: 'Whole lines of the log from `cursor` (a byte offset) on, or the last ones.',
  scope: 'read',
  params: () =>
    z.strictObject({
      cursor: z.int().min(0).optional(),
      limit: z.int().min(1).max(5000).optional(),
      maxBytes: z.int().min(1).max(1_000_000).optional(),
    }),
  result: () =>
    z.looseObject({
      file: z.string(),
      cursor: z.number(),
      size: z.number(),
      lines: z.array(z.string()),
      truncated: z.boolean().optional(),
      reset: z.boolean().optional(),
    }),
})

export const logsMethods = [logsTail] as const
