/** `clawdbot security audit`: what makes the gateway of this machine unsafe, worst first, each with what to do. */

import { defineCommand } from './command.ts'
import type { SecurityFinding, SecurityReport } from './host.ts'
import { oneLine } from './style.ts'

type Severity = SecurityFinding['severity']

export const securityAudit = defineCommand({
  name: 'security audit',
  about: 'what makes this gateway unsafe, and what to do; exit code 2 for something critical, 1 for a warning',
  flags: {
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ host, out, flags }) {
    const report = await (await host()).audit()
    const counts = countsOf(report)
    if (flags.json) out(`${JSON.stringify({ ok: exitCode(counts) === 0, counts, ...plain(report) }, null, 2)}\n`)
    else out(reportText(report, counts))
    return exitCode(counts)
  },
})

type Counts = Readonly<Record<Severity, number>>

function countsOf({ findings }: SecurityReport): Counts {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length
  return { critical: count('critical'), warning: count('warning'), info: count('info') }
}

function exitCode({ critical, warning }: Counts): number {
  return critical > 0 ? 2 : warning > 0 ? 1 : 0
}

/** The fields of the port and no others. */
function plain({ checks, findings }: SecurityReport) {
  return { checks, findings: findings.map(({ id, severity, message, remedy }) => ({ id, severity, message, remedy })) }
}

const headings: readonly (readonly [Severity, string])[] = [
  ['critical', '❌ Critical'],
  ['warning', '⚠️  Warnings'],
  ['info', 'ℹ️  Good to know'],
]

function reportText({ findings, checks }: SecurityReport, counts: Counts): string {
  const groups = headings.flatMap(([severity, heading]) => {
    const found = findings.filter((finding) => finding.severity === severity)
    return found.length === 0 ? [] : [[heading, ...found.map(lines)].join('\n')]
  })
  const verdict = exitCode(counts) === 0 ? '✅ Nothing to worry about' : 'docs/audit.md says more about each'
  const { critical, warning, info } = counts
  const warnings = warning === 1 ? '1 warning' : `${warning} warnings`
  const sum = `${checks} checks: ${critical} critical, ${warnings}, ${info} good to know. ${verdict}`
  return `${[...groups, sum].join('\n\n')}\n`
}

function lines({ id, message, remedy }: SecurityFinding): string {
  return `  ${oneLine(message)}  [${id}]\n     ${oneLine(remedy)}`
}
