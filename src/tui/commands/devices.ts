/** Devices that want in, and the screen of those that are in: deciding, revoking, rotating. */

import { nameOf, type Paired } from '../../client/device-words.ts'
import { choicesFor, type DeviceChoice } from '../store/device-choices.ts'
import { askedDevice, type DeviceRow, deviceRows } from '../store/devices.ts'
import { type CommandContext, defineCommand } from './command.ts'

export const devices = defineCommand({
  name: 'devices',
  about: 'Show the devices of this gateway: approve, revoke, replace a token',
  run({ store }) {
    store.dispatch({ type: 'devices.changed' })
    store.dispatch({ type: 'overlay.opened', overlay: 'devices' })
  },
})

/** Carries a choice out, when it is among those offered. */
export function decideDevice(choice: DeviceChoice) {
  return ({ store, intents, notifier }: CommandContext) => {
    const { devices, connection } = store.get()
    const device = askedDevice(devices)
    if (!device) return
    const offered = choicesFor(device, connection)
    if (!offered.includes(choice)) return notifier.say('warning', 'You cannot grant that: it is more than you hold.')
    if (choice === 'later') store.dispatch({ type: 'device.postponed', id: device.requestId })
    else intents.decideDevice(device, choice)
  }
}

export function chooseDevice(context: CommandContext) {
  decideDevice(context.store.get().devices.choice)(context)
}

export function moveDeviceChoice(by: 1 | -1) {
  return ({ store }: CommandContext) => {
    const { devices, connection } = store.get()
    const device = askedDevice(devices)
    if (!device) return
    const offered = choicesFor(device, connection)
    const at = Math.max(0, offered.indexOf(devices.choice)) + by
    store.dispatch({ type: 'device.chosen', choice: offered.at(at % offered.length) ?? 'later' })
  }
}

export function moveDeviceRow(by: 1 | -1) {
  return ({ store }: CommandContext) =>
    store.dispatch({ type: 'overlay.moved', by, count: deviceRows(store.get().devices).length })
}

function chosenRow({ store }: CommandContext): DeviceRow | undefined {
  const { devices, overlay } = store.get()
  const rows = deviceRows(devices)
  return rows[Math.min(overlay?.index ?? 0, rows.length - 1)]
}

/** The question about one that waits, once more. */
export function askAgain(context: CommandContext) {
  const row = chosenRow(context)
  if (row?.kind !== 'waiting') return context.notifier.say('info', 'It is approved already.')
  context.store.dispatch({ type: 'overlay.closed' })
  context.store.dispatch({ type: 'device.recalled', id: row.device.requestId })
}

const done = { revoke: 'is revoked, and its connections are closed', rotate: 'gets another token' } as const

/** Asked for twice: its connections end at once. */
export function endToken(how: 'revoke' | 'rotate') {
  return async (context: CommandContext) => {
    const { store, intents, notifier } = context
    const row = chosenRow(context)
    if (row?.kind !== 'paired') return notifier.say('info', 'It is not approved yet; enter asks about it.')
    const { device } = row
    const roles = liveRoles(device)
    if (roles.length === 0) return notifier.say('info', 'It is revoked already.')
    const question = `${how} ${device.deviceId}`
    if (!notifier.isAsking(question)) {
      const isHere = device.deviceId === store.get().connection.deviceId
      return notifier.ask(question, `${keyWords[how]}${isHere ? '; it is the device you are at' : ''}`)
    }
    notifier.close(question)
    await intents.endTokens(how, device.deviceId, roles)
    notifier.say('success', `${nameOf(device)} ${done[how]}.`)
  }
}

const keyWords = { revoke: 'd again revokes it', rotate: 'r again replaces its token' } as const

function liveRoles({ roles, role, tokens }: Paired): readonly string[] {
  const all = roles ?? (role === undefined ? [] : [role])
  return all.filter((name) => !tokens.some((token) => token.role === name && token.revokedAtMs !== undefined))
}
