/** `env`: variables for the gateway itself. */

import * as z from 'zod'
import { secretText } from '../secret-text.ts'

export const envSection = z.strictObject({
  vars: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'), secretText('Its value.'))
    .default({})
    .describe('Used for variables named in this file and for model keys, where the environment has no such variable.'),
})
