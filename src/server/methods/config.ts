/** `config.get`: what the gateway is told to do, without its secrets. */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { ConfigSnapshot } from '../config/load.ts'
import { redactConfig } from '../config/redact.ts'
import type { HandlerContext } from '../gateway/context.ts'

/** `read` reads the file anew, so that an edit not yet in force is seen with its problems. */
export function configMethods(parts: { read(): ConfigSnapshot }): HandlersOf<'config', HandlerContext> {
  return {
    'config.get': () => {
      const { path, exists, valid, hash, issues, warnings, ...snapshot } = parts.read()
      const parsed = redactConfig(snapshot.parsed)
      return {
        path,
        exists,
        // Written anew from the redacted values: a comment in the file may hold an old secret.
        raw: exists ? JSON.stringify(parsed, null, 2) : null,
        parsed,
        valid,
        config: redactConfig(snapshot.config) as Record<string, unknown>,
        hash,
        issues,
        warnings,
        legacyIssues: [],
      }
    },
  }
}
