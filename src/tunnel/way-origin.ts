/** What a way leads to, as one line: what credentials belong to (AU16), and what people are shown. Pure. */

import { parseGatewayUrl } from './gateway-url.ts'
import { hopText } from './ssh/host.ts'
import { parsePeerName, peerHost } from './tailscale/peer-name.ts'
import type { SshWay, TailscaleWay, Way } from './way.ts'

/** The port a gateway listens on unless told otherwise. */
export const gatewayPort = 18_789

/**
 * `ws://127.0.0.1:18789`, `ssh://deploy@vps:2222/127.0.0.1:18789`, `ssh://vps/run/clawdbot/gw.sock`,
 * `tailscale://desktop:443`. Two ways with the same origin lead to the same gateway.
 */
export function wayOrigin(way: Way): string {
  switch (way.kind) {
    case 'direct':
      return parseGatewayUrl(way.url, way.insecure).origin
    case 'ssh':
      return `ssh://${hopText(way)}${sshTarget(way)}`
    case 'tailscale':
      return tailscaleOrigin(way)
  }
}

/** The same for `https://Desktop.tail1234.ts.net/` and `desktop.tail1234.ts.net`. */
function tailscaleOrigin({ peer, port }: TailscaleWay): string {
  return `tailscale://${peerHost(peer)}:${port ?? parsePeerName(peer)?.servePort ?? 443}`
}

function sshTarget({ gatewaySocket, gatewayPort: port = gatewayPort }: SshWay): string {
  return gatewaySocket ?? `/127.0.0.1:${port}`
}
