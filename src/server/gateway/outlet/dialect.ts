/** The three ways a run's text is told, chosen per connection. */

import type { Peer } from '../context.ts'

/**
 * `v3`: the whole text so far, each time. `v4`: the same and the new part. `offset`: the new part and where it starts,
 * for peers with our cap `reattach`.
 */
export type Dialect = 'v3' | 'v4' | 'offset'

export function dialectOf(peer: Peer): Dialect {
  if (peer.caps.has('reattach')) return 'offset'
  return peer.protocol === 3 ? 'v3' : 'v4'
}
