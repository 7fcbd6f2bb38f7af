/** Opens the tunnel a way asks for. One switch, nothing else; each kind is loaded when it is used. */

import { openDirect } from './direct.ts'
import type { Tunnel, TunnelContext } from './tunnel.ts'
import type { Way } from './way.ts'

/** Rejects with a `Fault` that says what to do, or with the signal's reason. */
export async function openTunnel(way: Way, context: TunnelContext): Promise<Tunnel> {
  switch (way.kind) {
    case 'direct':
      return openDirect(way, context.onLayer)
    case 'tailscale': {
      const { openTailscale } = await import('./tailscale/open.ts')
      return await openTailscale(way, context)
    }
    case 'ssh': {
      const { openSsh } = await import('./ssh/open.ts')
      return await openSsh(way, context)
    }
  }
}
