/** What `tailscale status --json` says, in our words. Pure. https://pkg.go.dev/tailscale.com/ipn/ipnstate#Status */

import * as z from 'zod'
import { parseJson } from '../../shared/std/json.ts'
import { readAs } from '../../shared/std/read-as.ts'

export type TailnetPeer = {
  /** First label of its MagicDNS name, which is unique in the tailnet; its host name where it has none. */
  readonly name: string
  readonly hostName: string
  /** `desktop.tail1234.ts.net`; empty without MagicDNS. */
  readonly dnsName: string
  readonly addresses: readonly string[]
  readonly os: string
  readonly isOnline: boolean
  readonly isExpired: boolean
  /** Milliseconds since 1970; undefined while it is online or was never seen. */
  readonly lastSeenAt: number | undefined
  /** How packets travel now: undefined before there were any. */
  readonly path: { readonly kind: 'direct' } | { readonly kind: 'relayed'; readonly region: string } | undefined
}

export type TailscaleStatus = {
  readonly state: 'logged-out' | 'unapproved' | 'stopped' | 'starting' | 'running'
  /** Of the daemon, such as `1.94.1`. */
  readonly version: string
  /** Where to log in, when it asks for that. */
  readonly authUrl: string
  readonly self: TailnetPeer | undefined
  /** When this machine must log in again, milliseconds since 1970. */
  readonly keyExpiresAt: number | undefined
  /** Names and values of what the tailnet lets this machine do: `https`, `funnel`, `…/funnel-ports?ports=…`. */
  readonly capabilities: readonly string[]
  /** Names it can get certificates for; none while HTTPS is off in the tailnet. */
  readonly certDomains: readonly string[]
  readonly magicDnsSuffix: string
  /** No network interface of its own, so that other programs cannot dial into the tailnet. */
  readonly isUserspace: boolean
  readonly health: readonly string[]
  readonly peers: readonly TailnetPeer[]
}

const text = z.string().nullish()
const texts = z.array(z.string()).nullish()
const node = z.looseObject({
  HostName: text,
  DNSName: text,
  OS: text,
  TailscaleIPs: texts,
  CurAddr: text,
  Relay: text,
  Online: z.boolean().nullish(),
  Active: z.boolean().nullish(),
  Expired: z.boolean().nullish(),
  ShareeNode: z.boolean().nullish(),
  LastSeen: text,
  KeyExpiry: text,
  Capabilities: texts,
  CapMap: z.record(z.string(), z.unknown()).nullish(),
})
const document = z.looseObject({
  Version: text,
  TUN: z.boolean().nullish(),
  BackendState: z.string(),
  AuthURL: text,
  Self: node.nullish(),
  Health: texts,
  MagicDNSSuffix: text,
  CurrentTailnet: z.looseObject({ MagicDNSSuffix: text }).nullish(),
  CertDomains: texts,
  Peer: z.record(z.string(), node).nullish(),
})

const states: Record<string, TailscaleStatus['state']> = {
  NeedsLogin: 'logged-out',
  NeedsMachineAuth: 'unapproved',
  Stopped: 'stopped',
  Starting: 'starting',
  NoState: 'starting',
  Running: 'running',
}

/** Undefined when it is not a status this version understands. */
export function parseStatus(json: string): TailscaleStatus | undefined {
  const parsed = parseJson(json)
  const read = parsed.ok ? readAs(document, parsed.value) : undefined
  const state = read?.success ? states[read.data.BackendState] : undefined
  if (!read?.success || !state) return undefined
  const { data } = read
  return {
    state,
    version: (data.Version ?? '').replace(/-.*$/, ''),
    authUrl: data.AuthURL ?? '',
    self: data.Self ? { ...peerOf(data.Self), isOnline: true, lastSeenAt: undefined } : undefined,
    keyExpiresAt: timeOf(data.Self?.KeyExpiry),
    capabilities: [...new Set([...Object.keys(data.Self?.CapMap ?? {}), ...(data.Self?.Capabilities ?? [])])],
    certDomains: data.CertDomains ?? [],
    magicDnsSuffix: data.CurrentTailnet?.MagicDNSSuffix ?? data.MagicDNSSuffix ?? '',
    isUserspace: data.TUN === false,
    health: data.Health ?? [],
    peers: Object.values(data.Peer ?? {})
      .filter((peer) => !peer.ShareeNode)
      .map(peerOf),
  }
}

function peerOf(peer: z.infer<typeof node>): TailnetPeer {
  const dnsName = (peer.DNSName ?? '').toLowerCase().replace(/\.$/, '')
  const hostName = peer.HostName ?? ''
  const isOnline = peer.Online === true
  return {
    name: dnsName.split('.')[0] || hostName,
    hostName,
    dnsName,
    addresses: peer.TailscaleIPs ?? [],
    os: peer.OS ?? '',
    isOnline,
    isExpired: peer.Expired === true,
    lastSeenAt: isOnline ? undefined : timeOf(peer.LastSeen),
    path: pathOf(peer),
  }
}

/** The relay of an idle peer is where it listens, not how packets go. */
function pathOf({ CurAddr, Relay, Active }: z.infer<typeof node>): TailnetPeer['path'] {
  if (CurAddr) return { kind: 'direct' }
  return Active && Relay ? { kind: 'relayed', region: Relay } : undefined
}

/** Go writes the year 1 where there is no time. */
function timeOf(stamp: string | null | undefined): number | undefined {
  const time = Date.parse(stamp ?? '')
  return time > 0 ? time : undefined
}
