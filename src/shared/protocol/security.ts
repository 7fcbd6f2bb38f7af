/** What makes the gateway unsafe, as it finds itself; no secret is part of it. */

import * as z from 'zod'
import { defineMethod } from './method.ts'

const securityAudit = defineMethod({
  name: 'security.audit',
  about: 'What the gateway finds unsafe about its own files, settings and devices, worst first, each with what to do.',
  scope: 'admin',
  extension: true,
  params: () => z.strictObject({}),
  result: () =>
    z.looseObject({
      /** How many things were looked for. */
      checks: z.number(),
      findings: z.array(
        z.looseObject({
          id: z.string(),
          severity: z.enum(['critical', 'warning', 'info']),
          message: z.string(),
          remedy: z.string(),
        }),
      ),
    }),
})

export const securityMethods = [securityAudit] as const
