/** `tools`: what agents may do on this machine. */

import { z } from 'zod'

export const toolsSection = z.strictObject({
  exec: z
    .strictObject({
      security: z
        .enum(['deny', 'allowlist', 'ask', 'full'])
        .default('ask')
        .describe('Commands are refused, run when on the list, run after somebody agreed, or always run.'),
      allowlist: z
        .array(z.string().min(1).max(1024))
        .default([])
        .describe('Programs that run unasked: absolute paths or path patterns.'),
      timeoutMs: z.int().min(1000).max(86_400_000).default(120_000).describe('Longest a command may take.'),
      env: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'))
        .default([])
        .describe('Names of variables that commands get besides the harmless ones.'),
    })
    .prefault({})
    .describe('Commands on the machine of the gateway.'),
})
