/** The gateways a person can choose from. One is built in: the gateway of this machine. */

import type { DirectProfile } from '../tunnel/profile.ts'

/** `local`: the gateway of this account on this machine, reached over loopback. */
export function localProfile(port: number): DirectProfile {
  return { kind: 'direct', name: 'local', url: `ws://127.0.0.1:${port}` }
}
