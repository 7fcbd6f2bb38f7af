/** `clawdbot pairing list|approve|reject|revoke`: people who write from chat services, and who of them is let in. */

import { formatDuration } from '../shared/std/duration.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { columns, oneLine } from './style.ts'

type Named = { readonly name: string; readonly username?: string | undefined }

export const pairingList = defineCommand({
  name: 'pairing list',
  about: 'people who wrote and wait for approval, and those approved',
  args: '[channel]',
  flags: gatewayFlags,
  async run(invocation) {
    const { out, flags, clock, args } = invocation
    const [channel] = args
    return await withGateway(invocation, async ({ call }) => {
      const { pending, approved } = await call('channels.pairing.list', channel === undefined ? {} : { channel })
      if (flags.json) {
        printJson(invocation, { pending, approved })
        return 0
      }
      const ago = (at: number) => `${formatDuration(clock.now() - at)} ago`
      out(`Pending (${pending.length})\n`)
      const asking = pending.map((one) => [one.channel, one.code, one.id, shown(one), ago(one.askedAt)])
      if (asking.length > 0) out(columns(['Channel', 'Code', 'Number', 'Calls itself', 'Asked'], asking))
      out(`\nApproved (${approved.length})\n`)
      const known = approved.map((one) => [one.channel, one.id, shown(one), ago(one.approvedAt)])
      if (known.length > 0) out(columns(['Channel', 'Number', 'Calls itself', 'Approved'], known))
      return 0
    })
  },
})

export const pairingApprove = defineCommand({
  name: 'pairing approve',
  about: 'let somebody in who waits: compare the code with the one they see',
  args: '<channel> <code>',
  flags: gatewayFlags,
  async run(invocation) {
    const [channel, code] = two('approve', 'a code', invocation.args)
    return await withGateway(invocation, async ({ call }) => {
      const { sender } = await call('channels.pairing.approve', { channel, code })
      if (invocation.flags.json) printJson(invocation, { sender })
      else invocation.out(`✅ Approved ${oneLine(shown(sender))} (${oneLine(sender.id)}); they were told\n`)
      return 0
    })
  },
})

export const pairingReject = defineCommand({
  name: 'pairing reject',
  about: 'refuse somebody who waits; they are not heard for a day',
  args: '<channel> <code>',
  flags: gatewayFlags,
  async run(invocation) {
    const [channel, code] = two('reject', 'a code', invocation.args)
    return await withGateway(invocation, async ({ call }) => {
      const { sender } = await call('channels.pairing.reject', { channel, code })
      if (invocation.flags.json) printJson(invocation, { sender })
      else invocation.out(`✅ Rejected ${oneLine(shown(sender))} (${oneLine(sender.id)})\n`)
      return 0
    })
  },
})

export const pairingRevoke = defineCommand({
  name: 'pairing revoke',
  about: 'make somebody who was approved a stranger again',
  args: '<channel> <number>',
  flags: gatewayFlags,
  async run(invocation) {
    const [channel, id] = two('revoke', 'a number', invocation.args)
    return await withGateway(invocation, async ({ call }) => {
      const answer = await call('channels.pairing.revoke', { channel, id })
      if (invocation.flags.json) printJson(invocation, answer)
      else invocation.out(`✅ ${oneLine(id)} is a stranger again\n`)
      return 0
    })
  },
})

function two(word: string, what: string, [channel, value, ...rest]: readonly string[]): [string, string] {
  if (channel !== undefined && value !== undefined && rest.length === 0) return [channel, value]
  throw usage(
    `It takes a channel and ${what}, as pairing list shows them: pairing ${word} telegram …`,
    `pairing ${word}`,
  )
}

/** Only what they call themselves, so no proof of anything. */
function shown({ name, username }: Named): string {
  return username === undefined ? name : `${name} (@${username})`
}
