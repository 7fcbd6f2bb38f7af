/** Fits the gateway's rooms to what the line commands know as its files on this machine. */

import type { Host } from '../cli/host.ts'
import { systemClock } from '../shared/std/clock.ts'

export async function hostOf(env: Readonly<Record<string, string | undefined>>, home: string): Promise<Host> {
  const { ConfigDesk } = await import('../server/config/desk.ts')
  const { openJournal } = await import('../server/journal/journal.ts')
  const { statePaths } = await import('../server/storage/paths.ts')
  const paths = statePaths(env, home)
  const journal = () => openJournal({ path: paths.journal, clock: systemClock })
  const config = new ConfigDesk({
    path: paths.config,
    env,
    onWritten(what) {
      using open = journal()
      open.note('config.written', what)
    },
  })
  return {
    config,
    journal: { path: paths.journal, open: journal },
    async audit() {
      const { gatherFacts } = await import('../server/audit/gather.ts')
      const { auditReport } = await import('../server/audit/report.ts')
      const { auditChecks } = await import('../server/audit/table.ts')
      const whole = { database: false, journal: true }
      return auditReport(auditChecks, gatherFacts({ paths, env, home, now: systemClock.now(), whole }))
    },
  }
}
