/** Who can reach the gateway, and what stands in the way: the bind and its secret. */

import { isLoopbackOnly } from '../../gateway/bind.ts'
import { isPublic, isTailnet, isUnspecified } from '../address.ts'
import { defineCheck } from '../check.ts'
import type { AuditFacts, SecretFacts } from '../facts.ts'

type Reach = { what: string; isPublic: boolean }

/** Where the running gateway really listens, when somebody looked: a flag may have said otherwise than the settings. */
function seenReach({ probe, addresses }: AuditFacts): Reach | undefined {
  const wide = probe?.kind === 'running' ? probe.listeners.filter((address) => !isLoopbackOnly([address])) : []
  const isEverywhere = wide.some(isUnspecified)
  if (isEverywhere) return { what: 'every address of this machine', isPublic: addresses.some(isPublic) }
  const [first] = wide.filter((address) => !isTailnet(address))
  return first === undefined ? undefined : { what: first, isPublic: wide.some(isPublic) }
}

/** What `gateway.bind` means, as far as the settings alone say; undefined for loopback. */
function reachOf({ config, addresses }: AuditFacts): Reach | undefined {
  const { bind, customBindHost = '', socket } = config.settings.gateway
  if (socket.only) return undefined
  const isEverywhere = bind === 'lan' || (bind === 'custom' && isUnspecified(customBindHost))
  if (isEverywhere) return { what: 'every address of this machine', isPublic: addresses.some(isPublic) }
  if (bind === 'custom' && !isLoopbackOnly([customBindHost])) {
    return { what: customBindHost, isPublic: isPublic(customBindHost) }
  }
  return bind === 'tailnet' ? { what: 'the tailnet address', isPublic: false } : undefined
}

const safer =
  'clawdbot config set gateway.bind loopback, and reach it through SSH: clawdbot profiles add <name> --ssh <host>'

export const bindNoAuth = defineCheck({
  id: 'gateway.bind_no_auth',
  severity: 'critical',
  about:
    'A bind beyond loopback without a secret. This gateway refuses to start like that; the settings still ask for it.',
  remedy:
    '`openssl rand -hex 32 | clawdbot config set gateway.auth.token --stdin`, or `clawdbot config set gateway.bind loopback`',
  run(facts) {
    const reach = reachOf(facts)
    if (reach === undefined || facts.secret.from !== 'made' || isPasswordMissing(facts)) return []
    return [
      {
        message: `The settings ask to listen on ${reach.what} without a token or password`,
        remedy:
          'Run: openssl rand -hex 32 | clawdbot config set gateway.auth.token --stdin; or: clawdbot config set gateway.bind loopback',
      },
    ]
  },
})

function isPasswordMissing({ config, secret }: AuditFacts): boolean {
  return config.settings.gateway.auth.mode === 'password' && secret.from === 'made'
}

export const passwordMissing = defineCheck({
  id: 'gateway.password_missing',
  severity: 'warning',
  about: 'The settings want a password to be asked for, and none is set. The gateway does not start like that.',
  remedy: '`clawdbot password set`, or `clawdbot config set gateway.auth.mode token`',
  run: (facts) =>
    isPasswordMissing(facts)
      ? [
          {
            message: 'gateway.auth.mode is "password", but no password is set, so the gateway does not start',
            remedy: 'Run: clawdbot password set; or: clawdbot config set gateway.auth.mode token',
          },
        ]
      : [],
})

export const bindPublic = defineCheck({
  id: 'gateway.bind_public',
  severity: 'critical',
  about:
    'Strangers can knock: the port is open to the internet (critical) or to everybody in the network around (warning), and only the secret stands in the way.',
  remedy:
    '`clawdbot config set gateway.bind loopback` and reach it through SSH, or use Tailscale Serve; else let a firewall close the port.',
  run(facts) {
    const byBind = facts.config.settings.gateway.bind === 'tailnet' ? undefined : reachOf(facts)
    const reach = seenReach(facts) ?? byBind
    if (reach === undefined) return []
    const isEncrypted = facts.config.settings.gateway.tls.enabled
    const who = reach.isPublic ? 'which the internet can reach' : 'for everybody in the network around'
    return [
      {
        message: `The gateway listens on ${reach.what}, ${who}${isEncrypted ? '' : '; without TLS, whoever is in between reads the secret'}`,
        remedy: `Run: ${safer}`,
        ...(reach.isPublic ? {} : { severity: 'warning' as const }),
      },
    ]
  },
})

/** Fewest characters of a secret that others cannot try out; the same that a wider bind demands. */
const shortest = 24

export const tokenTooShort = defineCheck({
  id: 'gateway.token_too_short',
  severity: 'warning',
  about: `The token or password has fewer than ${shortest} characters, so that programs and pages on this machine could try it out.`,
  remedy: '`openssl rand -hex 32 | clawdbot config set gateway.auth.token --stdin`',
  run({ secret }) {
    if (secret.from === 'made' || secret.length >= shortest) return []
    const message = `The ${secret.mode} of the gateway has ${secret.length} characters; ${shortest} or more cannot be guessed`
    return [{ message, remedy: another(secret) }]
  },
})

export const secretGuessable = defineCheck({
  id: 'gateway.secret_guessable',
  severity: 'warning',
  about:
    'The token or password is long and guessed easily all the same: it repeats itself, or is tried first by everybody. The gateway does not start with it where others can knock.',
  remedy: '`clawdbot password set`, or `openssl rand -hex 32 | clawdbot config set gateway.auth.token --stdin`',
  run({ secret }) {
    if (!secret.isGuessable) return []
    return [{ message: `The ${secret.mode} of the gateway is guessed easily, long as it is`, remedy: another(secret) }]
  },
})

function another({ mode, from }: SecretFacts): string {
  if (from === 'config') return `Run: openssl rand -hex 32 | clawdbot config set gateway.auth.${mode} --stdin`
  const variable = mode === 'token' ? 'CLAWDBOT_GATEWAY_TOKEN' : 'CLAWDBOT_GATEWAY_PASSWORD'
  return `Set ${variable} to what \`openssl rand -hex 32\` prints`
}

export const secretPlaceholder = defineCheck({
  id: 'gateway.secret_placeholder',
  severity: 'critical',
  about:
    'Where a secret belongs stands what documents put there, such as `changeme`. It counts as none; a gateway that took it would be open to everybody who read the same document.',
  remedy:
    '`openssl rand -hex 32 | clawdbot config set gateway.auth.token --stdin`, or take the setting out: `clawdbot config unset gateway.auth.token`',
  run: ({ config }) =>
    config.placeholders.map((place) => ({
      message: `${place} holds a placeholder, which counts as no secret`,
      remedy: place.startsWith('gateway.')
        ? `Run: openssl rand -hex 32 | clawdbot config set ${place} --stdin; or: clawdbot config unset ${place}`
        : `Set ${place} to what \`openssl rand -hex 32\` prints, or remove it from the environment`,
    })),
})

export const socketAvailable = defineCheck({
  id: 'gateway.unix_socket_available',
  severity: 'info',
  about:
    'With a socket file instead of a port no web page and no other account of the machine can reach the gateway at all.',
  remedy: '`clawdbot config set gateway.socket \'{"enabled": true, "only": true}\'`, then `clawdbot gateway restart`',
  run: ({ config, account }) =>
    config.settings.gateway.socket.only || account === undefined
      ? []
      : [
          {
            message:
              'The gateway listens on a port; a socket file instead could be reached by no page and no other account',
            remedy:
              'If you use it from this machine or through SSH only, run: clawdbot config set gateway.socket \'{"enabled": true, "only": true}\'',
          },
        ],
})
