/** What the stand-in `tailscale` command is told about its tailnet, and the JSON the real one would print about it. */

export type Machine = {
  name: string
  hostName?: string
  /** In place of `<name>.<suffix>.`; empty without MagicDNS. */
  dnsName?: string
  addresses: string[]
  os?: string
  online?: boolean
  lastSeen?: string
  /** An endpoint such as `192.0.2.7:41641`: packets travel directly. */
  direct?: string
  relay?: string
  active?: boolean
  expired?: boolean
}

export type World = {
  version: string
  suffix: string
  /** `ipn.State` names; `down`: the daemon does not run. */
  backend: 'NoState' | 'NeedsLogin' | 'NeedsMachineAuth' | 'Stopped' | 'Starting' | 'Running' | 'down'
  authUrl: string
  tun: boolean
  /** HTTPS certificates are on in the tailnet. */
  https: boolean
  /** The policy gives this machine the attribute, with these ports. */
  funnel: false | string
  /** This account may change what is served. */
  isOperator: boolean
  /** What `serve` and `funnel` do instead of working: the control server has to be asked first, or nothing comes of it. */
  serveFails?: 'waits' | 'asks' | 'idle'
  self: Machine
  peers: Machine[]
  /** That many more peers that nobody asks for. */
  crowd: number
  /** Prints nothing and never ends. */
  hangs: boolean
  /** Prints this in place of everything, with exit code 1 when it is for standard error. */
  garbled?: { stdout?: string; stderr?: string }
}

export const plainWorld: World = {
  version: '1.94.1-t1a2b3c4d5-gabcdef012',
  suffix: 'tail1234.ts.net',
  backend: 'Running',
  authUrl: '',
  tun: true,
  https: true,
  funnel: '443,8443,10000',
  isOperator: true,
  self: { name: 'laptop', addresses: ['100.101.1.1', 'fd7a:115c:a1e0::101:101'], os: 'linux' },
  peers: [
    {
      name: 'desktop',
      addresses: ['100.101.1.2', 'fd7a:115c:a1e0::101:102'],
      os: 'linux',
      active: true,
      direct: '192.0.2.7:41641',
      relay: 'fra',
    },
    { name: 'vps', addresses: ['100.101.1.3', 'fd7a:115c:a1e0::101:103'], os: 'linux', active: true, relay: 'fra' },
    {
      name: 'attic',
      addresses: ['100.101.1.4'],
      os: 'windows',
      online: false,
      lastSeen: '2026-11-25T09:00:00.1Z',
      relay: 'nyc',
    },
    { name: 'phone', hostName: 'iPhone', addresses: ['100.101.1.5'], os: 'iOS' },
    { name: 'phone-1', hostName: 'iPhone', addresses: ['100.101.1.6'], os: 'iOS' },
    { name: 'old-box', addresses: ['100.101.1.7'], os: 'linux', expired: true },
  ],
  crowd: 0,
  hangs: false,
}

/** `tailscale status --json`. https://github.com/tailscale/tailscale/blob/main/ipn/ipnstate/ipnstate.go */
export function statusDocument(world: World, withPeers: boolean): object {
  const isIn = world.backend === 'Running' || world.backend === 'Starting' || world.backend === 'Stopped'
  const crowd = Array.from({ length: world.crowd }, (_, i) => ({
    name: `box${i}`,
    addresses: [`100.64.${i >> 8}.${i & 255}`],
  }))
  return {
    Version: world.version,
    TUN: world.tun,
    BackendState: world.backend,
    HaveNodeKey: isIn,
    AuthURL: world.authUrl,
    TailscaleIPs: isIn ? world.self.addresses : null,
    Self: {
      ...node(world, isIn ? world.self : { ...world.self, dnsName: '', addresses: [] }),
      CapMap: isIn ? capabilities(world) : undefined,
    },
    Health: world.backend === 'Running' ? [] : [`state=${world.backend}`],
    MagicDNSSuffix: isIn ? world.suffix : '',
    CurrentTailnet: isIn ? { Name: 'ada@example.com', MagicDNSSuffix: world.suffix, MagicDNSEnabled: true } : null,
    CertDomains: isIn && world.https ? [`${world.self.name}.${world.suffix}`] : null,
    Peer: withPeers
      ? Object.fromEntries(
          [...world.peers, ...crowd].map((machine, i) => [
            `nodekey:${i.toString(16).padStart(64, '0')}`,
            node(world, machine),
          ]),
        )
      : null,
    User: { 1: { ID: 1, LoginName: 'ada@example.com', DisplayName: 'Ada', ProfilePicURL: '' } },
    ClientVersion: null,
  }
}

function capabilities({ https, funnel }: World): Record<string, null> {
  return {
    'https://tailscale.com/cap/is-owner': null,
    ...(https ? { https: null } : {}),
    ...(funnel ? { funnel: null, [`https://tailscale.com/cap/funnel-ports?ports=${funnel}`]: null } : {}),
  }
}

function node(world: World, machine: Machine): object {
  const { name, hostName = name, addresses, os = 'linux', online = true } = machine
  return {
    ID: `n${name}CNTRL`,
    PublicKey: `nodekey:${'0'.repeat(64)}`,
    HostName: hostName,
    DNSName: machine.dnsName ?? `${name}.${world.suffix}.`,
    OS: os,
    UserID: 1,
    TailscaleIPs: addresses,
    AllowedIPs: addresses.map((address) => `${address}/${address.includes(':') ? 128 : 32}`),
    Addrs: null,
    CurAddr: machine.direct ?? '',
    Relay: machine.relay ?? 'fra',
    RxBytes: 0,
    TxBytes: 0,
    Created: '2026-01-01T00:00:00Z',
    LastWrite: '0001-01-01T00:00:00Z',
    LastSeen: machine.lastSeen ?? '0001-01-01T00:00:00Z',
    LastHandshake: '0001-01-01T00:00:00Z',
    Online: online,
    ExitNode: false,
    ExitNodeOption: false,
    Active: machine.active ?? false,
    PeerAPIURL: null,
    InNetworkMap: true,
    InMagicSock: true,
    InEngine: true,
    ...(machine.expired ? { Expired: true } : {}),
    KeyExpiry: '2027-05-01T00:00:00Z',
  }
}
