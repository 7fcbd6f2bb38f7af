/** Tells the systemd that started the gateway when it is ready, and from then on that it still works. Elsewhere it does nothing. */

import { execFile } from 'node:child_process'
import { type Clock, every } from '../shared/std/clock.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Sends assignments such as `READY=1`; rejects when they did not arrive. */
export type SendNotice = (assignments: readonly string[]) => Promise<unknown>

export type NoticeParts = {
  readonly env: Env
  readonly clock: Clock
  /** One line for people, such as where it listens. */
  readonly status: string
  /** Told once, when systemd cannot be told. */
  readonly onFailed: (error: unknown) => void
  /** `systemd-notify` when absent. */
  readonly send?: SendNotice
}

/** Fewest of the manager's patience between two signs of life: one may get lost. */
const beatsPerPatience = 3

/**
 * Ready from this call on. Each sign of life is sent by the same loop that serves, so one that hangs sends none. They
 * say READY again, as an old systemd may miss what a child that has ended already had to say. Ends when disposed.
 */
export function tellServiceManager(parts: NoticeParts): Disposable & { stopping(): void } {
  const { env, clock, status, send = systemdNotify(env) } = parts
  if (!env.NOTIFY_SOCKET) return { stopping: () => {}, [Symbol.dispose]: () => {} }
  let hasFailed = false
  const tell = (...assignments: string[]) =>
    void send(assignments).catch((error) => {
      if (!hasFailed) parts.onFailed(error)
      hasFailed = true
    })
  const beat = () => tell('READY=1', 'WATCHDOG=1', `STATUS=${status}`)
  beat()
  const patienceMs = watchdogMs(env)
  const quit = patienceMs === undefined ? () => {} : every(clock, patienceMs / beatsPerPatience, beat)
  return {
    stopping() {
      quit()
      tell('STOPPING=1')
    },
    [Symbol.dispose]: quit,
  }
}

/** https://www.freedesktop.org/software/systemd/man/latest/sd_watchdog_enabled.html */
function watchdogMs({ WATCHDOG_USEC: usec, WATCHDOG_PID: pid }: Env): number | undefined {
  if (pid !== undefined && Number(pid) !== process.pid) return undefined
  const ms = Number(usec) / 1000
  return ms > 0 ? ms : undefined
}

/** Longest it may take, milliseconds: it waits until the manager has heard it. */
const sendPatienceMs = 10_000

/** Node speaks to no datagram socket, so the program that is part of every systemd does. */
function systemdNotify({ PATH, NOTIFY_SOCKET }: Env): SendNotice {
  return (assignments) =>
    new Promise((resolve, reject) => {
      const options = { env: { PATH, NOTIFY_SOCKET }, timeout: sendPatienceMs }
      execFile('systemd-notify', [...assignments], options, (error) => (error ? reject(error) : resolve(undefined)))
    })
}
