/**
 * Devices that wait for somebody to approve them. Kept in memory: a stranger who has proven nothing but a key must not
 * be able to write to the disk, and a device that still wants in asks again after a restart.
 */

import { randomUUID } from 'node:crypto'
import { cleanName } from '../../shared/std/clean-name.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { PairingAsk, PendingDevice } from '../gateway/device-book.ts'

const lifetimeMs = 5 * 60_000
const maxWaiting = 20
const maxPerSource = 3

/** One that was refused stays for its time, unseen: a device that asks for the same again asks nobody. */
type Slot = { request: PendingDevice; asked: string; source: string; expiresAt: number; isRefused: boolean }

export class WaitingDevices {
  /** By device id, oldest first. */
  readonly #slots = new Map<string, Slot>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The request already waiting when it is for exactly the same; else a new one, which replaces it. */
  request(ask: PairingAsk, isRepair: boolean): { request: PendingDevice; created: boolean } {
    this.#prune()
    const asked = JSON.stringify([ask.publicKey, ask.role, ask.scopes.toSorted()])
    const same = this.#slots.get(ask.deviceId)
    if (same?.asked === asked) return { request: structuredClone(same.request), created: false }
    this.#slots.delete(ask.deviceId)
    const source = ask.remoteIp ?? ''
    this.#makeRoom(source)
    const request = describe(ask, isRepair, this.#clock.now())
    const expiresAt = this.#clock.monotonic() + lifetimeMs
    this.#slots.set(ask.deviceId, { request, asked, source, expiresAt, isRefused: false })
    return { request: structuredClone(request), created: true }
  }

  list(): PendingDevice[] {
    this.#prune()
    return [...this.#slots.values()]
      .filter(({ isRefused }) => !isRefused)
      .map(({ request }) => structuredClone(request))
  }

  /** Also one that was refused, whose device still says this id: who refused by mistake grants it after all. */
  find(requestId: string): PendingDevice | undefined {
    const request = this.#slot(requestId)?.request
    return request && structuredClone(request)
  }

  /** Removes a request that is granted. */
  take(requestId: string): PendingDevice | undefined {
    const request = this.#slot(requestId)?.request
    if (request) this.#slots.delete(request.deviceId)
    return request
  }

  /** Once. */
  refuse(requestId: string): PendingDevice | undefined {
    const slot = this.#slot(requestId)
    if (!slot || slot.isRefused) return undefined
    slot.isRefused = true
    return structuredClone(slot.request)
  }

  #slot(requestId: string): Slot | undefined {
    this.#prune()
    return [...this.#slots.values()].find(({ request }) => request.requestId === requestId)
  }

  #prune(): void {
    for (const [deviceId, slot] of this.#slots) {
      if (slot.expiresAt <= this.#clock.monotonic()) this.#slots.delete(deviceId)
    }
  }

  #makeRoom(source: string): void {
    const fromSource = [...this.#slots].filter(([, slot]) => slot.source === source)
    const leaving =
      fromSource.length >= maxPerSource ? fromSource : this.#slots.size >= maxWaiting ? [...this.#slots] : []
    const oldest = leaving[0]?.[0]
    if (oldest !== undefined) this.#slots.delete(oldest)
  }
}

function describe(ask: PairingAsk, isRepair: boolean, now: number): PendingDevice {
  return {
    requestId: randomUUID(),
    deviceId: ask.deviceId,
    publicKey: ask.publicKey,
    ...aboutDevice(ask),
    role: ask.role,
    roles: [ask.role],
    scopes: [...ask.scopes],
    ...(ask.silent === undefined ? {} : { silent: ask.silent }),
    isRepair,
    ts: now,
  }
}

type About = Pick<PendingDevice, 'displayName' | 'platform' | 'clientId' | 'clientMode' | 'remoteIp'>

/** What the device says of itself, cleaned; absent facts stay absent. */
export function aboutDevice(facts: { [K in keyof About]?: string | undefined }): About {
  const names = ['displayName', 'platform', 'clientId', 'clientMode', 'remoteIp'] as const
  const about: About = {}
  for (const name of names) {
    const value = cleanName(facts[name])
    if (value !== undefined) about[name] = value
  }
  return about
}
