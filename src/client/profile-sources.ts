/** Where gateways may already be known: OpenSSH's configuration, the gateway's settings, the tailnet. */

import { readFingerprint } from '../tunnel/fingerprint.ts'
import { listHosts } from '../tunnel/ssh/resolve.ts'
import { listTailnetPeers } from '../tunnel/tailscale/ask.ts'
import { tailscaleCommand } from '../tunnel/tailscale/cli.ts'
import type { TailnetPeer } from '../tunnel/tailscale/status.ts'
import { type GatewayConfig, readGatewayConfig } from './gateway-config.ts'
import type { ClientPaths, Env } from './paths.ts'
import type { Found } from './profile-import.ts'

export type SourceWorld = { readonly env: Env; readonly paths: ClientPaths; readonly signal: AbortSignal }

export const profileSources = {
  /** `Host` names without patterns; everything else about them stays in that file. */
  async ssh({ env, paths: { home } }: SourceWorld): Promise<Found[]> {
    const hosts = await listHosts({ home, env })
    return hosts.map((host) => ({ name: host, ways: [{ kind: 'ssh', host }], from: '~/.ssh/config' }))
  },

  /** `gateway.remote`; its secret stays there and goes with its address. */
  async settings({ env, paths }: SourceWorld): Promise<Found[]> {
    return remoteOf(await readGatewayConfig(paths, env)).map((one) => ({
      ...one,
      from: `gateway.remote in ${paths.configPath}`,
    }))
  },

  /** Machines that are there now and could run a gateway. */
  async tailscale({ env, signal }: SourceWorld): Promise<Found[]> {
    const peers = await listTailnetPeers(tailscaleCommand(env), signal)
    return peers.filter(couldServe).map(({ name, dnsName }) => ({
      ...{ name, ways: [{ kind: 'tailscale', peer: dnsName || name }], from: 'the tailnet' },
    }))
  },
} as const satisfies Record<string, (world: SourceWorld) => Promise<Found[]>>

export type ProfileSource = keyof typeof profileSources

function remoteOf({ remote }: GatewayConfig): Omit<Found, 'from'>[] {
  const { url, tlsFingerprint, sshTarget, sshIdentity } = remote
  if (remote.transport === 'ssh' && sshTarget !== undefined) {
    const [, user, host = '', port] = /^(?:(.*)@)?(.*?)(?::(\d+))?$/.exec(sshTarget) ?? []
    const account = { ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) }
    const identity = sshIdentity === undefined ? {} : { identity: sshIdentity }
    return [{ name: 'remote', ways: [{ kind: 'ssh', host, ...account, ...identity }] }]
  }
  if (url === undefined) return []
  const pin = tlsFingerprint === undefined ? undefined : readFingerprint(tlsFingerprint)
  return [{ name: 'remote', ways: [{ kind: 'direct', url, ...(pin === undefined ? {} : { tlsFingerprint: pin }) }] }]
}

function couldServe({ isOnline, isExpired, os }: TailnetPeer): boolean {
  return isOnline && !isExpired && !/^(ios|android|tvos)$/i.test(os)
}
