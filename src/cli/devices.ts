/** `clawdbot devices`: which terminals and nodes may connect, and letting new ones in. */

import { formatDuration } from '../shared/std/duration.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { columns, oneLine } from './style.ts'

const short = (id: string) => id.slice(0, 12)

export const devicesList = defineCommand({
  name: 'devices list',
  about: 'devices waiting for approval and devices approved',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock } = invocation
    return await withGateway(invocation, async ({ call }) => {
      const { pending, paired } = await call('device.pair.list', {})
      if (flags.json) {
        printJson(invocation, { pending, paired })
        return 0
      }
      const name = (device: { displayName?: string | undefined; clientId?: string | undefined; deviceId: string }) =>
        device.displayName ?? device.clientId ?? short(device.deviceId)
      out(`Pending (${pending.length})\n`)
      const asking = pending.map((device) => [
        device.requestId,
        name(device),
        (device.roles ?? [device.role ?? '']).join(', '),
        device.remoteIp ?? '',
        `${formatDuration(clock.now() - device.ts)} ago`,
      ])
      if (asking.length > 0) out(columns(['Request', 'Device', 'Role', 'IP', 'Asked'], asking))
      out(`\nPaired (${paired.length})\n`)
      const known = paired.map((device) => [
        short(device.deviceId),
        name(device),
        (device.roles ?? [device.role ?? '']).join(', '),
        (device.scopes ?? []).map((scope) => scope.replace('operator.', '')).join(', '),
        device.remoteIp ?? '',
      ])
      if (known.length > 0) out(columns(['ID', 'Device', 'Roles', 'Scopes', 'IP'], known))
      return 0
    })
  },
})

const decision = (word: 'approve' | 'reject', about: string, done: string) =>
  defineCommand({
    name: `devices ${word}`,
    about,
    args: '<request id>',
    flags: gatewayFlags,
    async run(invocation) {
      const [requestId, ...rest] = invocation.args
      if (requestId === undefined || rest.length > 0) {
        throw usage(`devices ${word} needs one request id; devices list shows them`, `devices ${word}`)
      }
      return await withGateway(invocation, async ({ call }) => {
        const answer = await call(word === 'approve' ? 'device.pair.approve' : 'device.pair.reject', { requestId })
        if (invocation.flags.json) printJson(invocation, answer)
        else invocation.out(`✅ ${done} ${oneLine(answer.requestId)}\n`)
        return 0
      })
    },
  })

export const devicesApprove = decision('approve', 'let a waiting device in', 'Approved')
export const devicesReject = decision('reject', 'refuse a waiting device', 'Rejected')
