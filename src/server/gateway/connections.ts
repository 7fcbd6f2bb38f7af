/** Every socket of the gateway, by connection id. */

import type { Role } from '../../shared/protocol/scope.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Connection } from './peer.ts'

/** How often a stopping gateway looks whether its calls are done. */
const drainStepMs = 20

export class Connections {
  readonly #all = new Map<string, Connection>()

  add(connection: Connection): void {
    this.#all.set(connection.connId, connection)
  }

  remove(connId: string): void {
    this.#all.delete(connId)
  }

  get size(): number {
    return this.#all.size
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }

  /** Ends what a device holds open under a credential that no longer counts. */
  closeDevice(deviceId: string, role: Role): void {
    for (const connection of [...this.#all.values()]) {
      if (!connection.isLive) continue
      const { peer } = connection
      if (peer.deviceId === deviceId && peer.role === role) connection.close(4001, 'credentials changed')
    }
  }

  /** Ends what was opened with the shared secret, which is another one now; tells how many. Those with their own token stay. */
  closeShared(): number {
    const opened = [...this.#all.values()].filter(
      (connection) => connection.isLive && ['token', 'password'].includes(connection.peer.authMethod),
    )
    for (const connection of opened) connection.close(4001, 'credentials changed')
    return opened.length
  }

  /** Resolves when no call is being answered, or after `limitMs`. */
  async drain(clock: Clock, limitMs: number): Promise<void> {
    const end = clock.monotonic() + limitMs
    while (clock.monotonic() < end && [...this.#all.values()].some(({ inFlight }) => inFlight > 0)) {
      await new Promise<void>((resolve) => clock.after(drainStepMs, resolve))
    }
  }

  /** Resolves when every socket is gone. */
  async closeAll(code: number, reason: string): Promise<void> {
    const all = [...this.#all.values()]
    for (const connection of all) connection.close(code, reason)
    await Promise.all(all.map(({ gone }) => gone))
  }
}
