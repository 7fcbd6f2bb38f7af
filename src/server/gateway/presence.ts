/** Who is connected, and what devices report of themselves (section 5). */

import { arch, release, type } from 'node:os'
import type { PresenceEntry } from '../../shared/protocol/system.ts'
import type { ParsedParams } from '../../shared/protocol/table.ts'
import { BoundedMap } from '../../shared/std/bounded-map.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Peer } from './context.ts'

/** Most entries listed, and how long a report without a connection counts. */
const maxEntries = 200
const reportTtlMs = 5 * 60_000
/** Entries in `hello-ok` and in events, so that joining stays cheap however many there are. */
const maxBroadcast = 16

export class Presence {
  readonly #clock: Clock
  readonly #self: PresenceEntry
  readonly #connected = new Map<string, PresenceEntry>()
  readonly #reported: BoundedMap<string, { key: string; entry: PresenceEntry }>
  /** Grows with each change; travels as `stateVersion.presence`. */
  version = 1

  constructor(options: { clock: Clock; hostName: string; version: string }) {
    this.#clock = options.clock
    this.#reported = new BoundedMap({ limit: maxEntries, ttlMs: reportTtlMs, clock: options.clock })
    this.#self = describeSelf(options.hostName, options.version, options.clock.now())
  }

  /** A connection came. One-shot commands (mode `cli`) are not listed. */
  joined(peer: Peer): void {
    if (peer.client.mode === 'cli') return
    this.#connected.set(peer.connId, describePeer(peer))
    this.version++
  }

  has(connId: string): boolean {
    return this.#connected.has(connId)
  }

  /** False when it was not listed. */
  left(connId: string): boolean {
    if (!this.#connected.delete(connId)) return false
    this.version++
    return true
  }

  reported(params: ParsedParams<'system-event'>): void {
    const key = params.deviceId ?? params.instanceId ?? params.host ?? 'unknown'
    const { reason = 'event', ...facts } = params
    this.#reported.set(key, { key, entry: { ...facts, reason, ts: this.#clock.now() } as PresenceEntry })
    this.version++
  }

  /** The gateway itself first, then the latest. One entry per device, else per instance, else per connection. */
  list(limit = maxEntries): PresenceEntry[] {
    const byKey = new Map<string, PresenceEntry>()
    for (const { key, entry } of this.#reported.values()) byKey.set(key, entry)
    for (const [connId, entry] of this.#connected) byKey.set(entry.deviceId ?? entry.instanceId ?? connId, entry)
    const others = [...byKey.values()].sort((a, b) => b.ts - a.ts)
    return [{ ...this.#self, ts: this.#clock.now() }, ...others.slice(0, limit - 1)]
  }

  /** The short list for `hello-ok` and events. */
  brief(): PresenceEntry[] {
    return this.list(maxBroadcast)
  }
}

function describeSelf(host: string, version: string, ts: number): PresenceEntry {
  return {
    host,
    ip: host,
    version,
    platform: `${process.platform} ${release()}`,
    deviceFamily: type(),
    modelIdentifier: arch(),
    mode: 'gateway',
    reason: 'self',
    text: `Gateway: ${host} · app ${version} · mode gateway · reason self`,
    ts,
  }
}

function describePeer(peer: Peer): PresenceEntry {
  const { client } = peer
  const name = client.displayName ?? client.id
  return {
    host: name,
    ip: peer.remoteAddress,
    version: client.version,
    platform: client.platform,
    mode: client.mode,
    ...(client.deviceFamily !== undefined && { deviceFamily: client.deviceFamily }),
    ...(client.modelIdentifier !== undefined && { modelIdentifier: client.modelIdentifier }),
    ...(peer.deviceId !== undefined && { deviceId: peer.deviceId }),
    instanceId: client.instanceId ?? peer.deviceId ?? peer.connId,
    roles: [peer.role],
    scopes: [...peer.scopes],
    reason: 'connect',
    text: `Node: ${name} · mode ${client.mode}`,
    ts: peer.connectedAtMs,
  }
}
