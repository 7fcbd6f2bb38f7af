/** One audit from beginning to end: facts, if wanted a knock at the gateway, the checks, if wanted repairs, and another look after each round of them. */

import type { TailscaleCommand } from '../../tunnel/tailscale/cli.ts'
import { gatewayPort } from '../config/effective.ts'
import type { AuditFacts } from './facts.ts'
import { type GatherOptions, gatherFacts } from './gather.ts'
import { gatherTailscale } from './gather-tailscale.ts'
import { probeGateway } from './probe.ts'
import { type Repaired, type RepairPorts, repairFindings } from './repair.ts'
import { type AuditReport, auditReport } from './report.ts'
import { auditChecks } from './table.ts'

export type AuditOptions = GatherOptions & {
  /** What is asked beside files and settings; nothing where it is absent. */
  readonly asking?: Asking | undefined
  readonly repairs?: RepairPorts | undefined
}

export type Asking = {
  readonly signal: AbortSignal
  readonly tailscale: TailscaleCommand
  /** Looks at the person's own SSH. */
  readonly lookAtSsh: () => Promise<AuditFacts['ssh']>
  /** Knocks at the running gateway. */
  readonly isKnocking: boolean
}

export async function runAudit(options: AuditOptions): Promise<AuditReport & { repaired: readonly Repaired[] }> {
  const { asking, repairs } = options
  const facts = gatherFacts(options)
  const answers = asking ? await ask(facts, options, asking) : {}
  const report = auditReport(auditChecks, { ...facts, ...answers })
  if (!repairs) return { ...report, repaired: [] }
  return await repairInRounds(report, repairs, async () => {
    const ssh = await asking?.lookAtSsh()
    return auditReport(auditChecks, { ...gatherFacts(options), ...answers, ssh })
  })
}

/** A file that others may write to is not read: what is wrong in it shows once that is mended. Ends when a round does nothing new. */
async function repairInRounds(first: AuditReport, ports: RepairPorts, lookAgain: () => Promise<AuditReport>) {
  const done = new Map<string, Repaired>()
  for (let report = first; ; report = await lookAgain()) {
    const tried = repairFindings(report.findings, ports)
    const fresh = tried.filter(({ isDone, message }) => isDone && !done.has(message))
    for (const one of fresh) done.set(one.message, one)
    if (fresh.length === 0) return { ...report, repaired: [...done.values(), ...tried.filter((one) => !one.isDone)] }
  }
}

async function ask({ config }: AuditFacts, { paths, env }: AuditOptions, asking: Asking) {
  const { signal, tailscale: command, isKnocking } = asking
  const { gateway } = config.settings
  const isWanted = isKnocking || gateway.tailscale.mode !== 'off'
  const tailscale = gatherTailscale({ command, notePath: paths.serveNote, isWanted, signal })
  const port = gatewayPort(config.settings, env)
  const place = { notePath: paths.runtime, port, isSecure: gateway.tls.enabled }
  const probe = isKnocking ? probeGateway({ ...place, signal }) : undefined
  return { ssh: await asking.lookAtSsh(), tailscale: await tailscale, probe: await probe }
}
