/** What came of knocking at the running gateway (`--deep`): whether it keeps what the settings promise. */

import { defineCheck, type Problem } from '../check.ts'
import type { AuditFacts } from '../facts.ts'

const stop = 'Stop it until that is understood: clawdbot gateway stop; then install the newest version'

/** What the gateway itself did wrong; only a fault of the program can be the cause. */
function seen({ probe }: AuditFacts): Extract<AuditFacts['probe'], { kind: 'running' }> | undefined {
  return probe?.kind === 'running' ? probe : undefined
}

export const loopbackNoAuth = defineCheck({
  id: 'gateway.loopback_no_auth',
  severity: 'critical',
  about:
    'With `--deep`: the running gateway lets in who has no secret, or a wrong one. One wrong secret is tried, too few to lock anybody out.',
  remedy: '`clawdbot gateway stop`, then install the newest version.',
  run: (facts) =>
    (seen(facts)?.letsInWithout ?? []).map((what) => ({
      message: `The running gateway lets in whoever comes with ${what}`,
      remedy: stop,
    })),
})

export const httpNoAuth = defineCheck({
  id: 'gateway.http.no_auth',
  severity: 'critical',
  about: 'With `--deep`: a plain HTTP request without a secret is answered where one is needed.',
  remedy: '`clawdbot config set gateway.http.endpoints.chatCompletions.enabled false`',
  run: (facts) =>
    (seen(facts)?.openRoutes ?? []).map((route) => ({
      message: `${route} of the running gateway answers without a secret`,
      remedy: 'Turn it off: clawdbot config set gateway.http.endpoints.chatCompletions.enabled false',
    })),
})

export const identityShared = defineCheck({
  id: 'tailscale.identity_shared_listener',
  severity: 'critical',
  about:
    'With `--deep`: headers that only Tailscale Serve or a proxy may write are believed on a port where every program can write them.',
  remedy: '`clawdbot gateway stop`, then install the newest version.',
  run: (facts) =>
    (seen(facts)?.believed ?? []).map((headers) => ({
      message: `The running gateway believes forged headers: ${headers}`,
      remedy: stop,
    })),
})

/** The same ids as for the settings: what they allow, and what is let in. */
export function foreignOrigin(facts: AuditFacts): Problem[] {
  return seen(facts)?.takesForeignOrigin
    ? [{ message: 'The running gateway opens to a page of any origin', remedy: stop }]
    : []
}

export function foreignHost(facts: AuditFacts): Problem[] {
  return seen(facts)?.takesForeignHost
    ? [{ message: 'The running gateway answers to any Host name', remedy: stop }]
    : []
}

export const portTaken = defineCheck({
  id: 'gateway.port_taken_by_other',
  severity: 'critical',
  about:
    'With `--deep`: another program answers where clients of this machine look for the gateway, and they would offer it their secret.',
  remedy: '`ss -ltnp` shows which; end it, or `clawdbot config set gateway.port <port>`.',
  run({ probe }) {
    const isTaken = probe?.kind === 'foreign' || (probe?.kind === 'stopped' && probe.isPortTaken)
    if (!isTaken) return []
    const { port } = probe
    return [
      {
        message: `Another program than this gateway answers on port ${port}`,
        remedy: `See which with: ss -ltnp 'sport = :${port}'; end it, or run: clawdbot config set gateway.port ${port + 1}`,
      },
    ]
  },
})

export const probeFailed = defineCheck({
  id: 'gateway.probe_failed',
  severity: 'warning',
  about: 'With `--deep`: no gateway runs, or it does not answer, so nobody could knock at it.',
  remedy: '`clawdbot gateway start`, then repeat the audit.',
  run({ probe }) {
    if (probe?.kind === 'stopped' && !probe.isPortTaken) {
      return [
        {
          message: 'No gateway runs on this machine, so none was knocked at',
          remedy: 'Start it, then repeat: clawdbot gateway start',
        },
      ]
    }
    if (probe?.kind !== 'running' || probe.isLive) return []
    return [
      {
        message: `The gateway does not answer on port ${probe.port}`,
        remedy: 'Look what keeps it, with: clawdbot gateway status; or start it again: clawdbot gateway restart',
      },
    ]
  },
})
