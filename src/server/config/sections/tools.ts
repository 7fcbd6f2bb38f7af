/** `tools`: what agents may do on this machine. */

import * as z from 'zod'
import { execModes } from '../../../exec/policy.ts'
import { readRule } from '../../../exec/rules.ts'

function demandRule(text: string, context: z.RefinementCtx): void {
  const reading = readRule(text)
  if (reading.kind === 'invalid') context.addIssue({ code: 'custom', message: reading.reason })
}

export const toolsSection = z.strictObject({
  exec: z
    .strictObject({
      security: z
        .enum(execModes)
        .default('ask')
        .describe(
          'Commands are refused, asked about unless a rule of the list covers them, always asked about, or always run.',
        ),
      allowlist: z
        .array(z.string().min(1).max(1024).superRefine(demandRule))
        .default([])
        .describe(
          'Rules for commands that run unasked: an absolute program and its arguments, as in /usr/bin/df -h *.',
        ),
      timeoutMs: z.int().min(1000).max(86_400_000).default(120_000).describe('Longest a command may take.'),
      env: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'))
        .default([])
        .describe('Names of variables that commands get besides the harmless ones.'),
    })
    .prefault({})
    .describe('Commands on the machine of the gateway.'),
})
