/** What the audit found, worst first, ready for people and programs. Pure. */

import type { Check, Repair, Severity } from './check.ts'
import type { AuditFacts } from './facts.ts'

export type Finding = {
  readonly id: string
  readonly severity: Severity
  readonly message: string
  readonly remedy: string
  readonly repair: Repair | undefined
}

export type AuditReport = {
  /** Worst first, then in the order of the table. */
  readonly findings: readonly Finding[]
  readonly checks: number
}

const order: readonly Severity[] = ['critical', 'warning', 'info']

export function auditReport(checks: readonly Check[], facts: AuditFacts): AuditReport {
  const findings = checks.flatMap(({ id, severity, run }) =>
    run(facts).map(
      (problem): Finding => ({
        id,
        severity: problem.severity ?? severity,
        message: problem.message,
        remedy: problem.remedy,
        repair: problem.repair,
      }),
    ),
  )
  const rank = ({ severity }: Finding) => order.indexOf(severity)
  return { findings: findings.toSorted((a, b) => rank(a) - rank(b)), checks: checks.length }
}
