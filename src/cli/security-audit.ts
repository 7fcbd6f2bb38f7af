/** `clawdbot security audit`: what makes the gateway of this machine unsafe, worst first, each with what to do. */

import { defineCommand } from './command.ts'
import type { SecurityFinding, SecurityReport } from './host.ts'
import { oneLine } from './style.ts'

type Severity = SecurityFinding['severity']

export const securityAudit = defineCommand({
  name: 'security audit',
  about: 'what makes this gateway unsafe, and what to do; exit code 2 for something critical, 1 for a warning',
  flags: {
    deep: { type: 'boolean', about: 'read the databases whole, and knock at the running gateway as an attacker would' },
    fix: { type: 'boolean', about: "take away other accounts' access and put settings back; says what it changed" },
    json: { type: 'boolean', about: 'print JSON' },
  },
  async run({ host, out, flags, signal }) {
    const { deep, fix, json } = flags
    const report = await (await host()).audit({ isDeep: deep, isRepairing: fix, signal })
    const counts = countsOf(report)
    const repaired = fix ? { repaired: report.repaired } : {}
    const result = { ok: exitCode(counts) === 0, deep, counts, ...repaired, ...plain(report) }
    if (json) out(`${JSON.stringify(result, null, 2)}\n`)
    else out(`${fix ? repairsText(report) : ''}${reportText(report, counts)}`)
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

function repairsText({ repaired }: SecurityReport): string {
  const lines = repaired.map(({ id, message, isDone }) => `  ${isDone ? '✅' : '❌'} ${oneLine(message)}  [${id}]`)
  const none = '  Nothing was there that could be repaired without you.'
  return ['🔧 Repaired', ...(lines.length > 0 ? lines : [none]), '', ''].join('\n')
}

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
