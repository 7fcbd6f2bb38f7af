/** `clawdbot devices revoke|rotate`: ending what an approved device holds, for good or in exchange for another token. */

import { type Paired, rolesOf, scopesText, shown } from '../client/device-words.ts'
import { loadIdentity } from '../client/identity.ts'
import { Fault } from '../shared/fault.ts'
import { defineCommand, type FlagValues, gatewayFlags, type Invocation } from './command.ts'
import { deviceNamed, scopesOf } from './device-named.ts'
import { type Gateway, printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

const deviceFlags = {
  ...gatewayFlags,
  role: { type: 'string', about: 'only this role: operator or node (every one it has)', value: '<role>' },
  self: { type: 'boolean', about: 'also when it is the device you are using' },
} as const

export const devicesRevoke = defineCommand({
  name: 'devices revoke',
  about: 'end what a device holds and close its connections; it stays out until a person approves it again',
  args: '<fingerprint>',
  flags: deviceFlags,
  async run(invocation) {
    return await withDevice('devices revoke', invocation, async (device, roles, { call }) => {
      await refuseSelf(device, invocation, 'Revoked, it needs the approval of another one to come back.')
      const revoked = []
      for (const role of roles) {
        revoked.push(await call('device.token.revoke', { deviceId: device.deviceId, role }))
      }
      if (invocation.flags.json) printJson(invocation, { ok: true, revoked })
      else invocation.out(`✅ Revoked ${oneLine(shown(device))}: ${roles.join(', ')}\n   Its connections are closed.\n`)
    })
  },
})

export const devicesRotate = defineCommand({
  name: 'devices rotate',
  about: 'replace the tokens of a device and close its connections; it gets another when it logs in',
  args: '<fingerprint>',
  flags: {
    ...deviceFlags,
    scopes: {
      type: 'string',
      about: 'what the device may do from now on, such as read,write (the same)',
      value: '<scopes>',
    },
  },
  async run(invocation) {
    const { out, flags } = invocation
    const scopes = flags.scopes === undefined ? {} : { scopes: scopesOf(flags.scopes, 'devices rotate') }
    return await withDevice('devices rotate', invocation, async (device, roles, { call }) => {
      if (flags.scopes !== undefined) {
        await refuseSelf(device, invocation, 'What it gives up, only another one can give back.')
      }
      const rotated = []
      for (const role of roles) {
        // The token itself is for the device alone: never printed, also where the gateway's protocol tells it.
        const { token: _, ...answer } = await call('device.token.rotate', {
          deviceId: device.deviceId,
          role,
          ...scopes,
        })
        rotated.push(answer)
      }
      if (flags.json) printJson(invocation, { ok: true, rotated })
      else {
        out(`✅ Replaced the token of ${oneLine(shown(device))}\n`)
        for (const { role, scopes } of rotated) out(`   ${oneLine(role)}: ${oneLine(scopesText(scopes))}\n`)
        out("   Its connections are closed; with the gateway's token or password it logs in and gets the new one.\n")
      }
    })
  },
})

type DeviceInvocation = Invocation<typeof gatewayFlags> & { readonly flags: FlagValues<typeof deviceFlags> }

async function withDevice(
  command: string,
  invocation: DeviceInvocation,
  work: (device: Paired, roles: readonly string[], gateway: Gateway) => Promise<void>,
): Promise<number> {
  const [word, ...rest] = invocation.args
  if (word === undefined || rest.length > 0) {
    throw usage(`${command} needs one fingerprint; devices list shows them`, command)
  }
  return await withGateway(invocation, async (gateway) => {
    const device = deviceNamed(word, (await gateway.call('device.pair.list', {})).paired, command)
    await work(device, liveRoles(device, invocation.flags.role, command), gateway)
    return 0
  })
}

/** The roles meant that are not revoked already. */
function liveRoles(device: Paired, wanted: string | undefined, command: string): readonly string[] {
  const revoked = device.tokens.filter((token) => token.revokedAtMs !== undefined).map((token) => token.role)
  const roles = rolesOf(device).filter((role) => wanted === undefined || role === wanted)
  if (roles.length === 0) throw usage(`${shown(device)} has no role ${JSON.stringify(wanted)}`, command)
  const live = roles.filter((role) => !revoked.includes(role))
  if (live.length > 0) return live
  throw new Fault('usage.invalid', `${shown(device)} is revoked already`, {
    remedy: 'It stays out until its next request is approved: clawdbot devices list',
  })
}

async function refuseSelf({ deviceId }: Paired, invocation: DeviceInvocation, why: string): Promise<void> {
  const { paths, clock, flags } = invocation
  if (flags.self) return
  const own = await loadIdentity(paths.deviceKey, () => clock.now())
  if (own.deviceId !== deviceId) return
  throw new Fault('usage.invalid', 'That is the device you are using', {
    remedy: `${why} If that is meant, add --self.`,
  })
}
