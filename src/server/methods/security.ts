/** `security.audit`: what makes this gateway unsafe, for the screen of whoever may change it. */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { ConfigEnv } from '../config/load.ts'
import type { HandlerContext } from '../gateway/context.ts'
import type { StatePaths } from '../storage/paths.ts'

export type SecurityParts = { paths: StatePaths; env: ConfigEnv; clock: Pick<Clock, 'now'> }

/** What takes seconds, the databases read from end to end, is left to the line command: others wait for this process. */
const whole = { database: false, journal: false }

export function securityMethods({ paths, env, clock }: SecurityParts): HandlersOf<'security', HandlerContext> {
  return {
    async 'security.audit'() {
      const { runAudit } = await import('../audit/run.ts')
      const { checks, findings } = await runAudit({ paths, env, now: clock.now(), whole })
      return {
        checks,
        findings: findings.map(({ id, severity, message, remedy }) => ({ id, severity, message, remedy })),
      }
    },
  }
}
