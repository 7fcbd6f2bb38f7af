/** A command that waits for a decision, as a gateway tells of it: for two minutes from the start of a test's clock. */

import type { ScriptedGateway } from './scripted-gateway.ts'

export function askWhether(
  script: ScriptedGateway,
  id: string,
  command: string,
  more: Record<string, unknown> = {},
): void {
  script.tell('exec.approval.requested', {
    id,
    request: { command, where: 'gateway vps-1', ...more },
    createdAtMs: 0,
    expiresAtMs: 120_000,
  })
}
