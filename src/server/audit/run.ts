/** One audit from beginning to end: facts, if wanted a knock at the gateway, the checks, if wanted repairs and a second look. */

import { gatewayPort } from '../config/effective.ts'
import type { AuditFacts } from './facts.ts'
import type { GatherOptions } from './gather.ts'
import { gatherFacts } from './gather.ts'
import { probeGateway } from './probe.ts'
import { type Repaired, type RepairPorts, repairFindings } from './repair.ts'
import { type AuditReport, auditReport } from './report.ts'
import { auditChecks } from './table.ts'

export type AuditOptions = GatherOptions & {
  /** Knocks at the running gateway until this ends. */
  readonly knocking?: AbortSignal | undefined
  /** Looks at the person's own SSH. */
  readonly lookAtSsh?: (() => Promise<AuditFacts['ssh']>) | undefined
  readonly repairs?: RepairPorts | undefined
}

export async function runAudit(options: AuditOptions): Promise<AuditReport & { repaired: readonly Repaired[] }> {
  const { paths, env, knocking, lookAtSsh, repairs } = options
  const look = async (): Promise<AuditFacts> => ({ ...gatherFacts(options), ssh: await lookAtSsh?.() })
  const facts = await look()
  const port = gatewayPort(facts.config.settings, env)
  const probe = knocking && (await probeGateway({ notePath: paths.runtime, port, signal: knocking }))
  const report = auditReport(auditChecks, { ...facts, probe })
  const repaired = repairs ? repairFindings(report.findings, repairs) : []
  if (!repaired.some(({ isDone }) => isDone)) return { ...report, repaired }
  return { ...auditReport(auditChecks, { ...(await look()), probe }), repaired }
}
