/** The ways of a profile as flags: `--ssh`, `--url`, `--tailscale` and `--local` each begin one, what follows belongs to it. Pure. */

import { resolve } from 'node:path'
import type { Profile, SavedWay } from '../client/profile.ts'
import { sshDestination } from '../client/way-text.ts'
import type { Fault } from '../shared/fault.ts'
import { type Flags, type GivenFlag, portFlag } from './command.ts'
import { usage } from './parse.ts'

export const wayFlags = {
  ssh: {
    type: 'string',
    about: 'a way through SSH: host or alias of ~/.ssh/config',
    value: '[<user>@]<host>[:<port>]',
  },
  tailscale: {
    type: 'string',
    about: 'a way through the tailnet: machine, address or https:// name',
    value: '<machine>',
  },
  url: { type: 'string', about: 'a direct way, such as wss://gateway.example', value: '<url>' },
  local: { type: 'boolean', about: 'the gateway of this machine' },
  'gateway-port': portFlag('with --ssh, --tailscale, --local: the port it listens on'),
  socket: { type: 'string', about: 'with --ssh: the unix socket it listens on', value: '<path>' },
  jump: { type: 'string', about: 'with --ssh: hosts on the way, the first first; none for none', value: '<a,b>' },
  identity: { type: 'string', about: 'with --ssh: the private key', value: '<path>' },
  engine: { type: 'string', about: 'with --ssh: ssh2 or system (auto)', value: '<name>' },
  'tls-fingerprint': { type: 'string', about: 'with --url: SHA-256 of its certificate', value: '<hex>' },
  insecure: { type: 'boolean', about: 'with --url: allow plain ws:// to this address' },
} as const satisfies Flags

type Kind = SavedWay['kind']
/** A way being put together; the profile's schema has the last word on it. */
type Draft = { readonly kind: Kind } & Record<string, unknown>
type Value = GivenFlag['value']

const beginnings: Readonly<Record<string, (value: Value) => Draft>> = {
  ssh: (value) => ({ kind: 'ssh', ...sshDestination(String(value)) }),
  tailscale: (peer) => ({ kind: 'tailscale', peer }),
  url: (url) => ({ kind: 'direct', url }),
  local: () => ({ kind: 'local' }),
}

type Detail = { readonly kinds: readonly Kind[]; read(value: Value, kind: Kind): Record<string, unknown> }
const details: Readonly<Record<string, Detail>> = {
  'gateway-port': {
    kinds: ['ssh', 'tailscale', 'local'],
    read: (port, kind) => (kind === 'ssh' ? { gatewayPort: port } : { port }),
  },
  socket: { kinds: ['ssh'], read: (gatewaySocket) => ({ gatewaySocket }) },
  jump: { kinds: ['ssh'], read: (hops) => ({ jump: hops === 'none' ? [] : String(hops).split(',') }) },
  identity: { kinds: ['ssh'], read: (path) => ({ identity: absolute(String(path)) }) },
  engine: { kinds: ['ssh'], read: (engine) => ({ engine }) },
  'tls-fingerprint': { kinds: ['direct'], read: (tlsFingerprint) => ({ tlsFingerprint }) },
  insecure: { kinds: ['direct'], read: (insecure) => ({ insecure }) },
}

/**
 * The ways a line spells out; undefined when it names none. Flags without a way of their own change the only way of
 * `before` they can belong to. Throws `usage.invalid`.
 */
export function waysOf(
  given: readonly GivenFlag[],
  command: string,
  before: readonly SavedWay[] = [],
): Profile['ways'] | undefined {
  const starts = given.filter(({ name }) => beginnings[name])
  const loose = given.filter(({ name }) => details[name])
  if (starts.length === 0 && loose.length === 0) return undefined
  const drafts = starts.length > 0 ? begun(given, command) : [...before]
  if (starts.length === 0) for (const flag of loose) addTo(drafts, onlyFitting(drafts, flag, command), flag)
  // The schema checks every value before it is saved.
  return drafts as unknown as Profile['ways']
}

function begun(given: readonly GivenFlag[], command: string): Draft[] {
  const drafts: Draft[] = []
  const isOnlyOne = given.filter(({ name }) => beginnings[name]).length === 1
  const early: GivenFlag[] = []
  for (const flag of given) {
    const begin = beginnings[flag.name]
    if (begin) drafts.push(begin(flag.value))
    else if (details[flag.name] && drafts.length === 0) early.push(flag)
    else if (details[flag.name]) addTo(drafts, fitting(drafts, drafts.length - 1, flag, command), flag)
  }
  const [first] = early
  if (first && !isOnlyOne) throw usage(`--${first.name} stands before the way it belongs to`, command)
  for (const flag of early) addTo(drafts, fitting(drafts, 0, flag, command), flag)
  return drafts
}

function addTo(drafts: (Draft | SavedWay)[], at: number, { name, value }: GivenFlag): void {
  const draft = drafts[at]
  if (draft) drafts[at] = withDetail(draft, details[name]?.read(value, draft.kind) ?? {})
}

/** A gateway has one place: its port and its socket replace each other. */
function withDetail(draft: Draft | SavedWay, detail: Record<string, unknown>): Draft {
  const { gatewayPort, gatewaySocket, ...rest } = draft as Draft
  const isPlace = 'gatewayPort' in detail || 'gatewaySocket' in detail
  const place = isPlace
    ? {}
    : {
        ...(gatewayPort === undefined ? {} : { gatewayPort }),
        ...(gatewaySocket === undefined ? {} : { gatewaySocket }),
      }
  return { ...(rest as Draft), ...place, ...detail }
}

function fitting(drafts: readonly Draft[], at: number, { name }: GivenFlag, command: string): number {
  const kind = drafts[at]?.kind
  if (kind && details[name]?.kinds.includes(kind)) return at
  throw unfit(name, command)
}

function onlyFitting(ways: readonly { readonly kind: Kind }[], { name }: GivenFlag, command: string): number {
  const [at, ...more] = ways.flatMap(({ kind }, i) => (details[name]?.kinds.includes(kind) ? [i] : []))
  if (at === undefined) throw unfit(name, command)
  if (more.length > 0)
    throw usage(`--${name} could belong to ${more.length + 1} of its ways; write them all anew`, command)
  return at
}

function unfit(name: string, command: string): Fault {
  const flagOf: Record<Kind, string> = { direct: '--url', ssh: '--ssh', tailscale: '--tailscale', local: '--local' }
  return usage(`--${name} belongs to ${details[name]?.kinds.map((kind) => flagOf[kind]).join(' or ')}`, command)
}

/** A key is looked for from wherever a later command runs. */
function absolute(path: string): string {
  return path.startsWith('~') ? path : resolve(path)
}
