/** Why Serve or Funnel cannot be turned on: what the settings rule out, and what the command says (TS11, TS12). Pure. */

import { Fault } from '../../shared/fault.ts'
import { ellipsize } from '../../shared/std/text.ts'
import type { CommandResult } from './cli.ts'
import type { TailscaleStatus } from './status.ts'

export type ServeMode = 'serve' | 'funnel'

/** The syntax of `serve` and `funnel` that is used here came with this version. */
const oldestVersion = [1, 52] as const
const httpsPage = 'https://login.tailscale.com/admin/dns'
const policyPage = 'https://login.tailscale.com/admin/acls/file'

const words = (mode: ServeMode) => (mode === 'serve' ? 'Serve' : 'Funnel')

/** What this tailnet or this version rules out, before anything is changed. */
export function capabilityFault(mode: ServeMode, port: number, status: TailscaleStatus): Fault | undefined {
  const { version, self, certDomains, capabilities } = status
  if (isOlder(version)) return tooOld(version)
  if (!self?.dnsName) {
    return denied(`${words(mode)} needs a MagicDNS name, and this machine has none`, `Turn MagicDNS on at ${httpsPage}`)
  }
  if (!certDomains.includes(self.dnsName) && !capabilities.includes('https')) return httpsOff(mode)
  if (mode === 'serve') return undefined
  if (!capabilities.includes('funnel')) return noFunnel()
  const ports = funnelPorts(capabilities)
  return ports === undefined || isAmong(port, ports) ? undefined : portDenied(port, ports)
}

/** What a failed or ineffective call means. `status` is what Tailscale said before it. */
export function serveFault(mode: ServeMode, result: CommandResult, version: string): Fault {
  const said = 'stdout' in result ? `${result.stderr}\n${result.stdout}` : ''
  const known = knownFault(mode, said, version)
  if (known) return known
  if (result.kind === 'timeout' || result.kind === 'stopped') {
    return new Fault('tailscale.failed', `tailscale ${mode} did not end in time`, {
      remedy: `Try it by hand to see what it waits for: tailscale ${mode} status`,
      retryable: true,
    })
  }
  const line = said.trim().split('\n')[0] ?? ''
  const why = line === '' ? result.kind : ellipsize(line, 200)
  return new Fault('tailscale.failed', `${words(mode)} could not be turned on: tailscale says "${why}"`, {
    remedy: `Look what \`tailscale ${mode} status\` says.`,
    retryable: true,
  })
}

function knownFault(mode: ServeMode, said: string, version: string): Fault | undefined {
  const page = /https:\/\/login\.tailscale\.com\/f\/\S+/.exec(said)?.[0]
  if (/is not enabled on your tailnet|To enable, visit/i.test(said)) {
    return denied(`${words(mode)} is not enabled in this tailnet`, `Enable it at ${page ?? httpsPage}`)
  }
  if (/HTTPS must be enabled|does not support getting TLS cert/i.test(said)) return httpsOff(mode)
  if (/"funnel" node attribute not set/i.test(said)) return noFunnel()
  const port = /port (\d+) is not allowed for funnel(?:; allowed ports are: ([\d,\s-]+))?/i.exec(said)
  if (port) return portDenied(Number(port[1]), port[2]?.trim() ?? '443,8443,10000')
  if (/serve config denied|access denied/i.test(said)) {
    return denied(
      `This account may not change what Tailscale serves ("serve config denied")`,
      'Allow it once: sudo tailscale set --operator=$USER',
    )
  }
  if (/shields-up/i.test(said)) {
    return denied(
      'Tailscale blocks every incoming connection here (shields-up)',
      'Run: tailscale set --shields-up=false',
    )
  }
  if (/flag provided but not defined|invalid argument format/i.test(said)) return tooOld(version)
  return undefined
}

/** Go's `1.52.0`; what is no version is not judged. */
function isOlder(version: string): boolean {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number)
  return major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1])
}

/** `https://tailscale.com/cap/funnel-ports?ports=443,8443,10000` among the capabilities. */
function funnelPorts(capabilities: readonly string[]): string | undefined {
  const found = capabilities.find((name) => name.startsWith('https://tailscale.com/cap/funnel-ports?'))
  return (found && new URL(found).searchParams.get('ports')) || undefined
}

/** `443,8443,10000-10010`. */
function isAmong(port: number, ports: string): boolean {
  return ports.split(',').some((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number)
    return port >= from && port <= to
  })
}

function denied(message: string, remedy: string): Fault {
  return new Fault('tailscale.denied', message, { remedy })
}

function httpsOff(mode: ServeMode): Fault {
  return denied(
    `${words(mode)} needs HTTPS certificates, which are off in this tailnet`,
    `Enable HTTPS at ${httpsPage}`,
  )
}

function noFunnel(): Fault {
  return denied(
    'This machine may not use Funnel: the tailnet policy does not give it the attribute "funnel"',
    `Add it under nodeAttrs at ${policyPage} (https://tailscale.com/s/no-funnel)`,
  )
}

function portDenied(port: number, ports: string): Fault {
  return denied(`Funnel may not use port ${port} on this machine`, `Set gateway.tailscale.port to one of ${ports}.`)
}

function tooOld(version: string): Fault {
  return denied(
    `Tailscale ${version === '' ? 'here' : version} is too old for this: Serve and Funnel need ${oldestVersion.join('.')} or newer`,
    'Update it: tailscale update',
  )
}
