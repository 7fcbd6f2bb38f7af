/** What the system's `ssh` is told, as a list of arguments that nothing can be smuggled into (TU7). Pure. */

import type { SshWay } from '../way.ts'
import { destination, parseHop, type SshHost } from './host.ts'

export type SystemWay = Pick<SshWay, 'host' | 'user' | 'port' | 'identity' | 'jump'>

/**
 * `ssh -W`: one channel to `target` over standard input and output, and nothing else: no shell, no forwards, no agent
 * forwarding (TU18), no shared master that would outlive us. `isOwnHome`: it reads the files we read. `canAsk`: there is
 * a helper for its questions; else it must not ask, as it would on the terminal that is ours.
 */
export function forwardArgs(
  way: SystemWay,
  host: SshHost,
  target: string,
  { isOwnHome, canAsk }: { isOwnHome: boolean; canAsk: boolean },
): string[] {
  const options = {
    ...(canAsk ? {} : { BatchMode: 'yes' }),
    ClearAllForwardings: 'yes',
    ControlMaster: 'no',
    ControlPath: 'none',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    PermitLocalCommand: 'no',
    LogLevel: 'DEBUG2', // tells when the channel is open
    ...(host.strictHostKeyChecking === 'no' ? { StrictHostKeyChecking: 'accept-new' } : {}), // never a changed key
    ...(host.connectTimeoutS === undefined ? { ConnectTimeout: '10' } : {}),
    ...(host.serverAliveIntervalS === undefined ? { ServerAliveInterval: '3', ServerAliveCountMax: '3' } : {}),
  }
  return [
    '-T',
    ...(isOwnHome ? [] : filesOf(host)),
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...(way.identity === undefined ? [] : ['-i', way.identity]),
    ...jumpArgs(way.jump),
    ...['-W', target],
    ...destination(way),
  ]
}

/** Where another home is meant than the account's, which alone `ssh` looks into. */
function filesOf(host: SshHost): string[] {
  const { user } = host.knownHostsFiles
  const known = user.length === 0 ? [] : ['-o', `UserKnownHostsFile=${user.map((path) => `"${path}"`).join(' ')}`]
  const agent = host.agentSocket === undefined ? 'none' : `"${host.agentSocket}"`
  const keys = host.identityFiles.flatMap((path) => ['-o', `IdentityFile="${path}"`])
  return ['-F', 'none', ...known, ...keys, '-o', `IdentityAgent=${agent}`, ...settingsOf(host)]
}

function settingsOf({ hostName, port, user, proxyCommand }: SshHost): string[] {
  const settings = {
    HostName: hostName,
    Port: port,
    User: user,
    ...(proxyCommand ? { ProxyCommand: proxyCommand } : {}),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

function jumpArgs(jump: readonly string[] | undefined): string[] {
  if (jump === undefined) return []
  for (const hop of jump) parseHop(hop)
  return jump.length === 0 ? ['-o', 'ProxyJump=none'] : ['-J', jump.join(',')]
}
