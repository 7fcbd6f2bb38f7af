/** Opens the tunnel a profile asks for. One switch, nothing else. */

import { openDirect } from './direct.ts'
import type { Profile } from './profile.ts'
import type { Tunnel } from './tunnel.ts'

/** Rejects with a `Fault` that says what to do. */
export async function openTunnel(profile: Profile): Promise<Tunnel> {
  switch (profile.kind) {
    case 'direct':
      return openDirect(profile)
  }
}
