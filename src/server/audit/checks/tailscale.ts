/** What Tailscale Serve and Funnel show of this gateway, and to whom. */

import type { Config } from '../../config/schema.ts'
import { defineCheck, type Problem } from '../check.ts'
import type { AuditFacts, ServedHandler } from '../facts.ts'

type Served = {
  readonly ours: ServedHandler | undefined
  readonly foreign: ServedHandler | undefined
  readonly funnels: readonly string[]
}

export function wantedMode({ tailscaleFlag, config }: AuditFacts): Config['gateway']['tailscale']['mode'] {
  return tailscaleFlag ?? config.settings.gateway.tailscale.mode
}

/** Undefined while nobody could look. */
function served(facts: AuditFacts): Served | undefined {
  const { tailscale, config } = facts
  if (tailscale === undefined || typeof tailscale.served === 'string') return undefined
  const { placed, served: now } = tailscale
  const { port } = config.settings.gateway.tailscale
  const isOurs = (handler: ServedHandler) =>
    placed !== undefined &&
    handler.host === placed.host &&
    handler.port === placed.port &&
    placed.targets.includes(handler.target)
  const roots = now.handlers.filter(({ path }) => path === '/')
  const leadsHere = now.handlers.filter(
    (handler) => !isOurs(handler) && isGatewayPort(handler, config.settings.gateway.port),
  )
  const inTheWay =
    wantedMode(facts) === 'off' ? [] : roots.filter((handler) => handler.port === port && !isOurs(handler))
  return { ours: roots.find(isOurs), foreign: [...leadsHere, ...inTheWay][0], funnels: now.funnels }
}

function isGatewayPort({ target }: ServedHandler, port: number): boolean {
  return new RegExp(`^(https?(\\+insecure)?://)?(localhost|127\\.0\\.0\\.1|\\[::1\\]):${port}(/|$)`).test(target)
}

/** What is wanted, and who says so. */
function wish(facts: AuditFacts): string {
  const by = facts.tailscaleFlag === undefined ? 'gateway.tailscale.mode' : '--tailscale of the running gateway'
  return `${by} is ${wantedMode(facts)}`
}

const placeOf = ({ host, port }: ServedHandler) => `${host}:${port}`
const urlOf = ({ host, port, path }: ServedHandler) => `https://${host}${port === 443 ? '' : `:${port}`}${path}`

export const funnelOn = defineCheck({
  id: 'tailscale.funnel_on',
  severity: 'critical',
  about: 'The gateway is on the internet: everybody may knock, and only the password keeps them out.',
  remedy: '`clawdbot tailscale serve` shows it to your tailnet only.',
  run(facts) {
    const now = served(facts)
    const shown = [now?.ours, now?.foreign].find((handler) => handler && now?.funnels.includes(placeOf(handler)))
    const isWanted = wantedMode(facts) === 'funnel'
    if (!isWanted && shown === undefined) return []
    return [
      {
        message: shown
          ? `The whole internet reaches this gateway at ${urlOf(shown)}`
          : `This gateway is to be on the internet (${wish(facts)})`,
        remedy: 'Show it to your tailnet only: clawdbot tailscale serve; or to nobody: clawdbot tailscale off',
      },
    ]
  },
})

export const serveOn = defineCheck({
  id: 'tailscale.serve_on',
  severity: 'info',
  about: 'Machines of your tailnet reach the gateway.',
  remedy: '`clawdbot tailscale off` ends it; the policy of the tailnet says which machines may.',
  run(facts) {
    const ours = served(facts)?.ours
    if (wantedMode(facts) !== 'serve' && ours === undefined) return []
    const now = served(facts)
    if (now?.ours && now.funnels.includes(placeOf(now.ours))) return []
    return [
      {
        message: `Machines of the tailnet reach this gateway${ours ? ` at ${urlOf(ours)}` : ''}`,
        remedy: 'If nobody needs that, run: clawdbot tailscale off',
      },
    ]
  },
})

export const foreignHandler = defineCheck({
  id: 'tailscale.serve_foreign_handler',
  severity: 'warning',
  about:
    'A handler this gateway did not place stands where its own belongs, or leads to its port: who comes that way is taken for a program of this machine’s proxy, not for a person of the tailnet.',
  remedy: '`tailscale serve status` shows it; remove it there, then `clawdbot tailscale fix`.',
  run(facts) {
    const foreign = served(facts)?.foreign
    if (foreign === undefined) return []
    return [
      {
        message: `Tailscale leads ${urlOf(foreign)} to ${foreign.target}, which this gateway did not place`,
        remedy: `Remove it if it is not wanted: tailscale serve --https=${foreign.port} --set-path=${foreign.path} off; then run: clawdbot tailscale fix`,
      },
    ]
  },
})

export const serveDrift = defineCheck({
  id: 'tailscale.serve_drift',
  severity: 'warning',
  about:
    'What Tailscale serves is not what the settings, or the flag of the running gateway, want: shown although it is off, not shown although it is on, or to others than wanted.',
  remedy: '`clawdbot tailscale fix`',
  run(facts) {
    const why = drift(facts)
    if (why === undefined) return []
    return [{ message: why, remedy: 'Run: clawdbot tailscale fix; it says what it cannot do' } satisfies Problem]
  },
})

function drift(facts: AuditFacts): string | undefined {
  const { tailscale } = facts
  const mode = wantedMode(facts)
  const now = served(facts)
  if (tailscale === undefined) return undefined
  if (now === undefined) {
    return mode === 'off' ? undefined : `${wish(facts)}, but what Tailscale serves cannot be read (${tailscale.served})`
  }
  if (mode === 'off') return now.ours ? `${wish(facts)}, but Tailscale still serves ${urlOf(now.ours)}` : undefined
  if (now.ours === undefined) return `${wish(facts)}, but Tailscale does not serve this gateway`
  const isPublic = now.funnels.includes(placeOf(now.ours))
  if (isPublic === (mode === 'funnel')) return undefined
  return `${wish(facts)}, but ${urlOf(now.ours)} is ${isPublic ? 'public' : 'not public'}`
}
