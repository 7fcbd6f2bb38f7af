/** The facts of one SSH host as the rest of this room uses them: resolved, expanded, validated. Pure. */

import { Fault } from '../../shared/fault.ts'
import { parsePort } from './settings.ts'

export type SshHost = {
  /** As the person or the configuration names it; what `ssh` is to be given. */
  readonly alias: string
  /** What leads here when a person types it: the account, and of the rest what no configuration says. */
  readonly typed: Typed
  /** What is dialled, in lower case. */
  readonly hostName: string
  readonly user: string
  readonly port: number
  readonly addressFamily: 'any' | 'inet' | 'inet6'
  readonly bindAddress: string | undefined
  readonly connectTimeoutS: number | undefined
  /** Hops in the order they are made; each is a name of the configuration itself. */
  readonly proxyJump: readonly Hop[]
  readonly proxyCommand: string | undefined

  /** Absolute paths in the order they are tried; they need not exist. */
  readonly identityFiles: readonly string[]
  /** False: nobody named a key, and `identityFiles` are those OpenSSH tries by itself. */
  readonly areIdentitiesNamed: boolean
  readonly certificateFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** Socket of the agent: `IdentityAgent`, or `SSH_AUTH_SOCK`; undefined when there is none or it is not to be used. */
  readonly agentSocket: string | undefined
  readonly pkcs11Provider: string | undefined
  readonly gssapi: boolean
  readonly pubkey: boolean
  readonly password: boolean
  readonly keyboardInteractive: boolean
  /** The configured order of methods, when there is one. */
  readonly preferredAuthentications: readonly string[] | undefined
  readonly passwordPrompts: number
  /** Ask the person nothing. */
  readonly batchMode: boolean

  readonly knownHostsFiles: { readonly user: readonly string[]; readonly global: readonly string[] }
  readonly hostKeyAlias: string | undefined
  /** `no` never accepts a changed key here: it means what `accept-new` means. */
  readonly strictHostKeyChecking: 'yes' | 'ask' | 'accept-new' | 'no'
  readonly hashKnownHosts: boolean
  readonly knownHostsCommand: string | undefined
  readonly revokedHostKeys: string | undefined

  /** Undefined: not configured. */
  readonly serverAliveIntervalS: number | undefined
  readonly serverAliveCountMax: number
  readonly hostKeyAlgorithms: Algorithms | undefined
  readonly kexAlgorithms: Algorithms | undefined
  readonly ciphers: Algorithms | undefined
  readonly macs: Algorithms | undefined
  readonly localForwards: readonly LocalForward[]
  /** Configured, and never done by this product. */
  readonly forwardAgent: boolean
  readonly bindInterface: string | undefined
  /** What decides about this host and only OpenSSH itself can evaluate; empty when everything was. */
  readonly unevaluated: readonly string[]
}

/** `[user@]host[:port]`. */
export type Hop = { readonly host: string; readonly user?: string | undefined; readonly port?: number | undefined }

export type Typed = Hop & { readonly identity?: string | undefined; readonly jump?: readonly string[] | undefined }

/** `Ciphers a,b` (only), `+a` (append), `^a` (prepend), `-a` (remove; patterns). */
export type Algorithms = {
  readonly mode: 'only' | 'append' | 'prepend' | 'remove'
  readonly names: readonly string[]
}

export type LocalForward = {
  /** Without `host`: loopback, unless `GatewayPorts` says otherwise. */
  readonly listen: ForwardEnd | { readonly port: number; readonly host?: undefined }
  readonly target: ForwardEnd
}

type ForwardEnd = { readonly host: string; readonly port: number } | { readonly path: string }

/** A host name, address or alias. Not beginning with `-`, which a command would take for an option (TU7). */
const safeHost = /^[A-Za-z0-9_.:%[\]][A-Za-z0-9_.:%[\]-]{0,254}$/
/** Names of accounts, also `user@realm` and `DOMAIN\user`. */
const safeUser = /^[A-Za-z0-9_][A-Za-z0-9_.@\\$+-]{0,63}$/

export function isSafeHost(host: string): boolean {
  return safeHost.test(host)
}

/** Throws `usage.invalid` for a host or user that must be given neither to a command nor to a server. */
export function checkHop({ host, user, port }: Hop): void {
  if (!isSafeHost(host)) throw invalid(host, 'is not a host name, address or alias')
  if (user !== undefined && !safeUser.test(user)) throw invalid(user, 'is not a user name')
  if (port !== undefined && parsePort(String(port)) === undefined) throw invalid(String(port), 'is not a port')
}

/** Reads `[user@]host[:port]` or `ssh://[user@]host[:port]`; an IPv6 address with a port stands in brackets. */
export function parseHop(text: string): Hop {
  const rest = text.replace(/^ssh:\/\//i, '').replace(/\/$/, '')
  const at = rest.lastIndexOf('@')
  const user = at < 0 ? undefined : rest.slice(0, at)
  const place = rest.slice(at + 1)
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(place) ?? []
  const host = bracketed ?? plain ?? (/^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*(%\w+)?$/i.test(place) ? place : undefined)
  const port = digits === undefined ? undefined : parsePort(digits)
  if (host === undefined || (digits !== undefined && port === undefined)) {
    throw invalid(text, 'is not a host to jump over')
  }
  const hop = { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
  checkHop(hop)
  return hop
}

/** The same the other way round: `deploy@vps`, `[::1]:2222`. */
export function hopText({ host, user, port }: Hop): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${user === undefined ? '' : `${user}@`}${name}${port === undefined ? '' : `:${port}`}`
}

/** `ProxyJump`: hops joined by commas, or `none`. A comment may follow. */
export function parseJump(text: string): Hop[] {
  const value = text.replace(/#.*$/, '').trim()
  return value.toLowerCase() === 'none' ? [] : value.split(',').map((hop) => parseHop(hop.trim()))
}

/** `-l user -p port -- host`: how every command of OpenSSH is told where to go, so that nothing is taken for an option. */
export function destination(hop: Hop): string[] {
  checkHop(hop)
  const user = hop.user === undefined ? [] : ['-l', hop.user]
  const port = hop.port === undefined ? [] : ['-p', String(hop.port)]
  return [...user, ...port, '--', hop.host]
}

function invalid(value: string, problem: string): Fault {
  return new Fault('usage.invalid', `${JSON.stringify(value.slice(0, 80))} ${problem}`, {
    remedy: 'Write it like deploy@vps.example:22; other settings of the host belong into ~/.ssh/config.',
  })
}
