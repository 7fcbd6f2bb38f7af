/** Understands what a configuration says about a host: defaults, numbers, expanded paths. The same for both resolvers. Pure. */

import type { SshWay } from '../way.ts'
import { configFault } from './config-fault.ts'
import { type ExpandFacts, expandPath, expandTilde } from './expand.ts'
import { type Algorithms, checkHop, type Hop, parseHop, parseJump, type SshHost } from './host.ts'
import { parseForward } from './local-forward.ts'
import { parsePort, parseSeconds, type Resolved } from './settings.ts'

/** What this machine adds: who runs the program, and where. */
export type LocalFacts = Pick<ExpandFacts, 'home' | 'env' | 'localUser' | 'localHost' | 'uid'>

/** What OpenSSH tries when no `IdentityFile` is configured. */
const defaultIdentities = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk']

/** Throws `ssh.config` for paths that cannot be expanded, `usage.invalid` for hosts that must not be given to a command. */
export function toSshHost(
  way: Pick<SshWay, 'host' | 'user' | 'port' | 'identity' | 'jump'>,
  resolved: Resolved,
  local: LocalFacts,
): SshHost {
  const { settings } = resolved
  const one = (keyword: string) => settings.get(keyword)?.[0]
  const isOn = (keyword: string, otherwise: boolean) => toFlag(one(keyword)) ?? otherwise
  const some = (keyword: string) => noneIs(undefined, one(keyword))
  const target = targetOf(way, one, local)
  const jump = way.jump === undefined ? parseJump(one('proxyjump') ?? 'none') : way.jump.map(parseHop)
  refuseLoop(target, jump.at(-1), local.home)
  const facts = factsOf(way.host, target, one('hostkeyalias'), jump, local)
  const expand = (text: string) => expanded(text, facts, resolved.isFromSystem)
  const files = (keyword: string) => unique((settings.get(keyword) ?? []).filter((text) => !isNone(text)).map(expand))
  const isCanonicalized = !['no', 'false'].includes(one('canonicalizehostname') ?? 'no')

  return {
    alias: way.host,
    typed: { host: way.host, user: target.user, port: way.port, identity: way.identity, jump: way.jump },
    ...target,
    addressFamily: familyOf(one('addressfamily')),
    bindAddress: one('bindaddress'),
    bindInterface: one('bindinterface'),
    connectTimeoutS: secondsOf(one('connecttimeout')),
    proxyJump: jump,
    proxyCommand: jump.length === 0 ? some('proxycommand') : undefined,
    ...identitiesOf(way.identity, settings.get('identityfile'), facts, files('identityfile')),
    certificateFiles: files('certificatefile'),
    identitiesOnly: isOn('identitiesonly', false),
    agentSocket: agentOf(one('identityagent'), local, expand),
    pkcs11Provider: some('pkcs11provider'),
    gssapi: isOn('gssapiauthentication', false),
    pubkey: isOn('pubkeyauthentication', true),
    password: isOn('passwordauthentication', true),
    keyboardInteractive: isOn('kbdinteractiveauthentication', true),
    preferredAuthentications: one('preferredauthentications')?.split(','),
    passwordPrompts: Number(one('numberofpasswordprompts') ?? 3),
    batchMode: isOn('batchmode', false),
    knownHostsFiles: {
      user: settings.has('userknownhostsfile') ? files('userknownhostsfile') : ownKnownHosts(local.home),
      global: settings.has('globalknownhostsfile')
        ? files('globalknownhostsfile')
        : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    },
    hostKeyAlias: one('hostkeyalias')?.toLowerCase(),
    strictHostKeyChecking: strictnessOf(one('stricthostkeychecking')),
    hashKnownHosts: isOn('hashknownhosts', false),
    knownHostsCommand: some('knownhostscommand'),
    revokedHostKeys: some('revokedhostkeys'),
    serverAliveIntervalS: secondsOf(one('serveraliveinterval')) || undefined,
    serverAliveCountMax: Number(one('serveralivecountmax') ?? 3),
    hostKeyAlgorithms: algorithmsOf(one('hostkeyalgorithms')),
    kexAlgorithms: algorithmsOf(one('kexalgorithms')),
    ciphers: algorithmsOf(one('ciphers')),
    macs: algorithmsOf(one('macs')),
    localForwards: isOn('clearallforwardings', false) ? [] : forwardsOf(settings.get('localforward')),
    forwardAgent: toFlag(one('forwardagent')) ?? one('forwardagent') !== undefined,
    unevaluated:
      isCanonicalized && !resolved.isFromSystem
        ? [...resolved.unevaluated, 'CanonicalizeHostname']
        : resolved.unevaluated,
  }
}

type Target = Pick<SshHost, 'hostName' | 'user' | 'port'>
type One = (keyword: string) => string | undefined

function targetOf(
  way: { host: string; user?: string | undefined; port?: number | undefined },
  one: One,
  { localUser }: LocalFacts,
): Target {
  const hostName = (one('hostname') ?? way.host).toLowerCase()
  const user = way.user ?? one('user') ?? localUser
  const port = way.port ?? parsePort(one('port') ?? '22') ?? 22
  checkHop({ host: way.host })
  checkHop({ host: hostName, user, port })
  return { hostName, user, port }
}

/** `ProxyJump` for every host holds for the last hop too, which then leads to itself. OpenSSH says so as well. */
function refuseLoop({ hostName, user, port }: Target, hop: Hop | undefined, home: string): void {
  if (hop?.host === hostName && (hop.port ?? 22) === port && (hop.user ?? user) === user) {
    throw configFault(`${home}/.ssh/config`, undefined, `ProxyJump leads from ${hop.host} to itself`)
  }
}

function factsOf(
  alias: string,
  target: Target,
  keyAlias: string | undefined,
  jump: readonly Hop[],
  local: LocalFacts,
): ExpandFacts {
  const last = jump.at(-1)
  return {
    ...local,
    ...target,
    alias,
    keyAlias: keyAlias ?? target.hostName,
    jump: last === undefined ? '' : last.host,
  }
}

/** What `ssh -G` has expanded may hold a `%` of its own by then. */
function expanded(text: string, facts: ExpandFacts, isFromSystem: boolean): string {
  const result = expandPath(text, facts)
  if ('path' in result) return result.path
  if (isFromSystem) return text
  throw configFault(`${facts.home}/.ssh/config`, undefined, result.problem)
}

function identitiesOf(
  given: string | undefined,
  configured: readonly string[] | undefined,
  facts: ExpandFacts,
  files: readonly string[],
): Pick<SshHost, 'identityFiles' | 'areIdentitiesNamed'> {
  const first = given === undefined ? [] : [expandTilde(given, facts)]
  const areIdentitiesNamed = given !== undefined || configured !== undefined
  const defaults = defaultIdentities.map((name) => `${facts.home}/.ssh/${name}`)
  return { identityFiles: unique([...first, ...(areIdentitiesNamed ? files : defaults)]), areIdentitiesNamed }
}

/** `IdentityAgent`: a path, `none`, `SSH_AUTH_SOCK`, or `$NAME` of a variable that holds the path. */
function agentOf(value: string | undefined, { env }: LocalFacts, expand: (text: string) => string): string | undefined {
  if (value === undefined || value === 'SSH_AUTH_SOCK') return env.SSH_AUTH_SOCK || undefined
  if (isNone(value)) return undefined
  if (/^\$\w+$/.test(value)) return env[value.slice(1)] || undefined
  return expand(value)
}

function ownKnownHosts(home: string): string[] {
  return [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`]
}

function toFlag(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined
  const text = value.toLowerCase()
  if (['yes', 'true', 'unbound', 'host-bound'].includes(text)) return true
  return ['no', 'false'].includes(text) ? false : undefined
}

function isNone(value: string): boolean {
  return value.toLowerCase() === 'none'
}

function noneIs<T>(otherwise: T, value: string | undefined): string | T {
  return value === undefined || isNone(value) ? otherwise : value
}

function secondsOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : parseSeconds(value)
}

function familyOf(value: string | undefined): SshHost['addressFamily'] {
  return value === 'inet' || value === 'inet6' ? value : 'any'
}

function strictnessOf(value: string | undefined): SshHost['strictHostKeyChecking'] {
  const text = value?.toLowerCase() ?? 'ask'
  if (text === 'yes' || text === 'true') return 'yes'
  if (text === 'accept-new') return text
  return text === 'ask' ? 'ask' : 'no'
}

const modes: Readonly<Record<string, Algorithms['mode']>> = { '+': 'append', '^': 'prepend', '-': 'remove' }

function algorithmsOf(value: string | undefined): Algorithms | undefined {
  if (value === undefined) return undefined
  const mode = modes[value.charAt(0)]
  return { mode: mode ?? 'only', names: (mode ? value.slice(1) : value).split(',') }
}

function forwardsOf(values: readonly string[] = []): SshHost['localForwards'] {
  return values.map(parseForward).filter((forward) => forward !== undefined)
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
