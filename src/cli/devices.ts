/** `clawdbot devices list|approve|reject`: which terminals and nodes may connect, and letting new ones in. */

import { askedBeyond, nameOf, type Paired, type Pending, rolesOf, scopesText, shown } from '../client/device-words.ts'
import { Fault } from '../shared/fault.ts'
import { deviceFingerprint } from '../shared/protocol/device-fingerprint.ts'
import type { Clock } from '../shared/std/clock.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { requestNamed, scopesOf } from './device-named.ts'
import { type Gateway, printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { columns, facts, oneLine } from './style.ts'

export const devicesList = defineCommand({
  name: 'devices list',
  about: 'devices waiting for approval, with what each asks beyond what it holds, and devices approved',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const { pending, paired } = await call('device.pair.list', {})
      if (flags.json) {
        printJson(invocation, {
          pending: pending.map((device) => ({ ...plain(device), beyond: askedBeyond(device, paired) })),
          paired: paired.map(plain),
        })
        return 0
      }
      out(`Pending (${pending.length})\n`)
      const asking = pending.map((device) => pendingRow(device, paired, clock))
      const asked = ['Request', 'Fingerprint', 'Device', 'Address', 'Role', 'Scopes', 'New in this', 'Asked']
      if (asking.length > 0) out(columns(asked, asking))
      out(`\nPaired (${paired.length})\n`)
      const known = paired.map((device) => pairedRow(device, clock))
      if (known.length > 0) out(columns(['Fingerprint', 'Device', 'Address', 'Roles', 'Scopes', 'Tokens'], known))
      return 0
    })
  },
})

export const devicesApprove = defineCommand({
  name: 'devices approve',
  about: 'let a waiting device in, named by request id or fingerprint, with at most what you hold yourself',
  args: '<request>',
  flags: {
    ...gatewayFlags,
    scopes: { type: 'string', about: 'fewer than it asks for, such as read (all it asks for)', value: '<scopes>' },
  },
  async run(invocation) {
    const word = oneRequest('approve', invocation.args)
    const fewer = invocation.flags.scopes
    const scopes = fewer === undefined ? undefined : scopesOf(fewer, 'devices approve')
    return await withGateway(invocation, async (gateway) => {
      const { call, hello } = gateway
      if (scopes && !hello.features.methods.includes('device.pair.grant')) throw allOrNothing()
      const answer = await decided('devices approve', word, gateway, (requestId) =>
        scopes ? call('device.pair.grant', { requestId, scopes }) : call('device.pair.approve', { requestId }),
      )
      const { device } = answer
      if (invocation.flags.json) printJson(invocation, { ...answer, device: plain(device) })
      else invocation.out(`✅ Approved ${oneLine(answer.requestId)}\n${described(device)}`)
      return 0
    })
  },
})

export const devicesReject = defineCommand({
  name: 'devices reject',
  about: 'refuse a waiting device, named by request id or fingerprint',
  args: '<request>',
  flags: gatewayFlags,
  async run(invocation) {
    const word = oneRequest('reject', invocation.args)
    return await withGateway(invocation, async (gateway) => {
      const answer = await decided('devices reject', word, gateway, (requestId) =>
        gateway.call('device.pair.reject', { requestId }),
      )
      if (invocation.flags.json) printJson(invocation, answer)
      else invocation.out(`✅ Rejected ${oneLine(answer.requestId)}\n`)
      return 0
    })
  },
})

function allOrNothing(): Fault {
  return new Fault('client.call-failed', 'This gateway grants a device all it asks for, or nothing', {
    remedy: 'Approve it without --scopes, or reject it: clawdbot devices reject',
  })
}

/** What becomes of the request that is meant. Rejects with `usage.invalid` when nobody waits as that. */
async function decided<T>(
  command: string,
  word: string,
  { call }: Gateway,
  decide: (requestId: string) => Promise<T>,
): Promise<T> {
  const { pending } = await call('device.pair.list', {})
  try {
    return await decide(requestNamed(word, pending, command))
  } catch (error) {
    if (!(error instanceof Fault) || error.details?.message !== 'unknown requestId') throw error
    throw new Fault('usage.invalid', `No device waits for approval as ${word}`, {
      remedy:
        'See: clawdbot devices list. Give eight signs of the request id or the whole fingerprint; it waits five minutes.',
    })
  }
}

function oneRequest(word: string, [request = '', ...rest]: readonly string[]): string {
  if (request.trim() !== '' && rest.length === 0) return request.trim()
  throw usage(`devices ${word} needs one request id; devices list shows them`, `devices ${word}`)
}

/** For programs: the name cleaned, the fingerprint beside the id. */
function plain<D extends Pending | Paired>(device: D) {
  return { ...device, displayName: nameOf(device), fingerprint: deviceFingerprint(device.deviceId) }
}

function described(device: Paired): string {
  return facts([
    ['Device', shown(device)],
    ['Address', device.remoteIp],
    ['Roles', rolesOf(device).join(', ')],
    ['Scopes', scopesText(device.scopes)],
  ])
}

function pendingRow(device: Pending, paired: readonly Paired[], clock: Clock): string[] {
  return [
    device.requestId,
    deviceFingerprint(device.deviceId),
    nameOf(device),
    device.remoteIp ?? '',
    rolesOf(device).join(', '),
    scopesText(device.scopes),
    askedBeyond(device, paired).join(', '),
    ago(device.ts, clock),
  ]
}

function pairedRow(device: Paired, clock: Clock): string[] {
  return [
    deviceFingerprint(device.deviceId),
    nameOf(device),
    device.remoteIp ?? '',
    rolesOf(device).join(', '),
    scopesText(device.scopes),
    device.tokens.map((token) => tokenText(token, clock)).join(', '),
  ]
}

function tokenText({ role, revokedAtMs, lastUsedAtMs }: Paired['tokens'][number], clock: Clock): string {
  if (revokedAtMs !== undefined) return `${role} revoked ${ago(revokedAtMs, clock)}`
  return lastUsedAtMs === undefined ? `${role} never used` : `${role} used ${ago(lastUsedAtMs, clock)}`
}

function ago(at: number, clock: Clock): string {
  return `${formatDuration(clock.now() - at)} ago`
}
