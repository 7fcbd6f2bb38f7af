/** By which names, from which pages and through which proxies the gateway may be called. */

import { isUnspecified } from '../address.ts'
import { defineCheck, type Problem } from '../check.ts'
import type { AuditFacts } from '../facts.ts'
import { foreignHost, foreignOrigin } from './door-probe.ts'

export const allowedHostsWide = defineCheck({
  id: 'gateway.allowed_hosts_wide',
  severity: 'critical',
  about:
    'A name that stands for many: a page whose name is made to point at this machine (DNS rebinding) could then use the gateway.',
  remedy: 'Name exact hosts: `clawdbot config set gateway.allowedHosts \'["gw.example.com"]\'`',
  run: (facts) => [
    ...facts.config.settings.gateway.allowedHosts
      .filter((host) => /[*?]/.test(host) || host.startsWith('.') || isUnspecified(host.replace(/:\d+$/, '')))
      .map((host) => wide('gateway.allowedHosts', host, 'exact names', '["gw.example.com"]')),
    ...foreignHost(facts),
  ],
})

export const allowedOriginsWildcard = defineCheck({
  id: 'gateway.allowed_origins_wildcard',
  severity: 'critical',
  about: 'Pages of many origins may use the gateway in the name of whoever looks at them.',
  remedy: 'Name exact origins: `clawdbot config set gateway.controlUi.allowedOrigins \'["https://gw.example.com"]\'`',
  run: (facts) => [
    ...facts.config.settings.gateway.controlUi.allowedOrigins
      .filter((origin) => origin.includes('*'))
      .map((origin) => wide('gateway.controlUi.allowedOrigins', origin, 'exact origins', '["https://gw.example.com"]')),
    ...foreignOrigin(facts),
  ],
})

function wide(setting: string, value: string, what: string, example: string): Problem {
  return {
    message: `${setting} has ${JSON.stringify(value)}, which stands for many`,
    remedy: `Name ${what}: clawdbot config set ${setting} '${example}'`,
  }
}

export const trustedProxiesMissing = defineCheck({
  id: 'gateway.trusted_proxies_missing',
  severity: 'warning',
  about:
    'Names or origins of a proxy are allowed, but its address is not known: whoever comes through it counts as one and the same, so that one stranger who guesses locks out all.',
  remedy: '`clawdbot config set gateway.trustedProxies \'["127.0.0.1"]\'`, with the proxy’s own address',
  run(facts) {
    const names = proxyNames(facts)
    if (names.length === 0 || facts.config.settings.gateway.trustedProxies.length > 0) return []
    return [
      {
        message: `${names[0]} is allowed, as behind a proxy, but gateway.trustedProxies names none`,
        remedy: `Give the address the proxy connects from: clawdbot config set gateway.trustedProxies '["127.0.0.1"]'`,
      },
    ]
  },
})

/** Names that nobody needs who reaches the gateway directly. */
function proxyNames({ config }: AuditFacts): string[] {
  const { allowedHosts, controlUi } = config.settings.gateway
  const isOfTailnet = (text: string) => /\.ts\.net(:\d+)?\/?$/.test(text)
  const origins = controlUi.allowedOrigins.filter((origin) => origin.startsWith('https:'))
  return [...origins, ...allowedHosts.filter((host) => !host.includes(':'))].filter((name) => !isOfTailnet(name))
}

export const trustedProxyWide = defineCheck({
  id: 'gateway.trusted_proxy_wide',
  severity: 'critical',
  about:
    'An entry that is meant to stand for every machine: whoever is believed as a proxy may claim to come from anywhere.',
  remedy: 'List exact addresses: `clawdbot config set gateway.trustedProxies \'["127.0.0.1"]\'`',
  run: ({ config }) =>
    config.settings.gateway.trustedProxies.filter(isUnspecified).map((address) => ({
      message: `gateway.trustedProxies has ${address}, which is no machine’s address`,
      remedy: `List the proxies one by one: clawdbot config set gateway.trustedProxies '["127.0.0.1"]'`,
    })),
})
