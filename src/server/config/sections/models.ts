/** `models`: services that answer, beyond what their well-known environment variables configure. */

import * as z from 'zod'
import { secretText } from '../secret-text.ts'

export const modelsSection = z.strictObject({
  providers: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be a name of lowercase letters, digits, ".", "-" or "_"'),
      z.strictObject({
        baseUrl: z
          .url({ protocol: /^https?$/ })
          .optional()
          .describe('Address of the service. Needed for any but the known ones.'),
        apiKey: secretText(
          'Key of the service, best as the name of a variable, written as in the shell with braces.',
        ).optional(),
        api: z
          .enum(['openai-completions', 'openai-responses', 'anthropic-messages', 'google-generative-ai'])
          .optional()
          .describe(
            'How it is spoken to. Default: what the name of a known service implies, else `openai-completions`.',
          ),
        headers: z
          .record(z.string(), secretText('Value of a header.'))
          .optional()
          .describe('Further headers of each request.'),
        models: z
          .array(
            z.strictObject({
              id: z.string().min(1).max(200).describe('As the service calls it.'),
              name: z.string().min(1).max(200).optional().describe('Shown in lists.'),
              reasoning: z.boolean().optional().describe('Whether it can think before it answers.'),
              input: z
                .array(z.enum(['text', 'image']))
                .optional()
                .describe('What it reads.'),
              contextWindow: z.int().min(1).optional().describe('Tokens it can take.'),
              maxTokens: z.int().min(1).optional().describe('Tokens it may answer with.'),
            }),
          )
          .default([])
          .describe('Models it offers, where it cannot list them itself.'),
      }),
    )
    .default({})
    .describe('By name: the part before the slash in `openai/gpt-4o-mini`.'),
})
