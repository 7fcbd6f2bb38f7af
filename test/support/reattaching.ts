/** What a gateway does for those who come back, in miniature: FAKE, for a stand-in gateway. */

import type { StandInPeer } from './stand-in-gateway.ts'

/** Keeps what each connection was sent, or should have been, and replays it: our extension in miniature. */
export function reattaching() {
  const logs = new Map<string, [string, unknown][]>()
  let current: StandInPeer | undefined
  return {
    methods: {
      reattach: (params: Record<string, unknown>, peer: StandInPeer) => {
        const { from } = params as { from?: { connId: string; seq: number } }
        const missed = from && logs.get(from.connId)?.slice(from.seq)
        logs.set(peer.connId, missed ? [...missed] : [])
        for (const [name, payload] of missed ?? []) peer.event(name, payload)
        current = peer
        return { status: !from ? 'fresh' : missed ? 'resumed' : 'lost', replayed: missed?.length ?? 0, runs: [] }
      },
    },
    /** Publishes to whoever is or was connected; `isHeard` says whether the socket still carries it. */
    publish(payload: unknown, isHeard = true) {
      if (!current) throw new Error('nobody attached')
      logs.get(current.connId)?.push(['chat', payload])
      if (isHeard) current.event('chat', payload)
    },
    forget: () => logs.clear(),
  }
}
