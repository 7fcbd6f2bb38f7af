/** The gateways a person can choose from. One is built in: the gateway of this machine. */

import type { DirectWay } from '../tunnel/way.ts'

/** `local`: the gateway of this account on this machine, reached over loopback. */
export function localWay(port: number): DirectWay {
  return { kind: 'direct', url: `ws://127.0.0.1:${port}` }
}
