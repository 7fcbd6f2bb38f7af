/** Devices that wait for approval, of which one at a time is asked about, and those that are approved. */

import type { Paired, Pending } from '../../client/device-words.ts'
import type { Action } from './action.ts'
import type { DeviceChoice } from './device-choices.ts'

/** `expiresAtMs` by our clock. */
export type WaitingDevice = Pending & { readonly expiresAtMs: number }

export type Devices = {
  /** Oldest first. */
  readonly waiting: readonly WaitingDevice[]
  readonly paired: readonly Paired[]
  readonly isLoaded: boolean
  /** Something changed since they were loaded. */
  readonly isStale: boolean
  /** Ids of requests that are not asked about any more, though they wait. */
  readonly later: readonly string[]
  /** What is marked; deciding later at first, so that Enter by accident decides nothing. */
  readonly choice: DeviceChoice
  /** Decided here, not yet confirmed by the gateway. */
  readonly answering: string | undefined
}

export const noDevices: Devices = {
  ...{ waiting: [], paired: [], isLoaded: false, isStale: true, later: [], choice: 'later', answering: undefined },
}

/** A gateway keeps a request for as long (section 3). */
const waitsMs = 5 * 60_000

export function reduceDevices(devices: Devices, action: Action): Devices {
  switch (action.type) {
    case 'device.asked': {
      const asked = { ...action.device, expiresAtMs: action.at + waitsMs }
      const others = devices.waiting.filter(({ deviceId }) => deviceId !== asked.deviceId)
      return keep({ ...devices, isStale: true }, [...others, asked])
    }
    case 'device.resolved':
      return keep(
        { ...devices, isStale: true },
        devices.waiting.filter(({ requestId }) => requestId !== action.id),
      )
    case 'devices.loaded': {
      const known = new Map(devices.waiting.map((device) => [device.requestId, device.expiresAtMs]))
      const waiting = action.pending.map((device) => {
        return { ...device, expiresAtMs: known.get(device.requestId) ?? action.at + waitsMs }
      })
      return keep({ ...devices, paired: action.paired, isLoaded: true, isStale: false }, waiting)
    }
    case 'devices.changed':
      return { ...devices, isStale: true }
    case 'devices.expired':
      return keep(
        devices,
        devices.waiting.filter(({ expiresAtMs }) => expiresAtMs > action.nowMs),
      )
    case 'device.postponed':
      return { ...devices, later: [...devices.later, action.id], choice: 'later' }
    case 'device.recalled':
      return { ...devices, later: devices.later.filter((id) => id !== action.id), choice: 'later' }
    case 'device.chosen':
      return { ...devices, choice: action.choice }
    case 'device.answering':
      return { ...devices, answering: action.id }
    default:
      return devices
  }
}

/** Another device on screen starts with the harmless choice. */
function keep(devices: Devices, waiting: readonly WaitingDevice[]): Devices {
  const next = { ...devices, waiting }
  return askedDevice(next)?.requestId === askedDevice(devices)?.requestId
    ? next
    : { ...next, choice: 'later', answering: undefined }
}

/** The one that is asked about now. */
export function askedDevice({ waiting, later }: Devices): WaitingDevice | undefined {
  return waiting.find(({ requestId }) => !later.includes(requestId))
}

/** The rows of the screen of devices. */
export type DeviceRow =
  | { readonly kind: 'waiting'; readonly device: WaitingDevice }
  | { readonly kind: 'paired'; readonly device: Paired }

export function deviceRows({ waiting, paired }: Devices): readonly DeviceRow[] {
  return [
    ...waiting.map((device) => ({ kind: 'waiting', device }) as const),
    ...paired.map((device) => ({ kind: 'paired', device }) as const),
  ]
}
