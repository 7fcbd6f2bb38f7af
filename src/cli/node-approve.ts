/** `clawdbot node approve|policy|doctor`: this machine's own say in what a gateway may do with it. */

import { formatDuration } from '../shared/std/duration.ts'
import { defineCommand } from './command.ts'
import { printJson } from './gateway-call.ts'
import { describeAsk } from './node-run.ts'
import { usage } from './parse.ts'
import { oneLine } from './style.ts'

const json = { type: 'boolean', about: 'print JSON for programs' } as const

export const nodeApprove = defineCommand({
  name: 'node approve',
  about: 'what waits for you on this machine, and answering it: nothing runs that you did not allow',
  args: '[<id>]',
  flags: {
    always: { type: 'boolean', about: 'also every next time, as long as nothing about it changes' },
    deny: { type: 'boolean', about: 'say no instead' },
    json,
  },
  async run(invocation) {
    const { args, flags, out, clock } = invocation
    const node = await invocation.node()
    const [id, ...rest] = args
    if (rest.length > 0) throw usage('node approve takes one id', 'node approve')
    if (flags.always && flags.deny) throw usage('--always and --deny exclude each other', 'node approve')
    if (id === undefined) {
      const waiting = await node.asks()
      if (flags.json) printJson(invocation, { waiting })
      else if (waiting.length === 0) out('Nothing waits for you here.\n')
      for (const ask of flags.json ? [] : waiting) {
        const left = formatDuration(ask.expiresAtMs - clock.now())
        out(`${ask.id}  ${left} left\n${describeAsk(ask)}   clawdbot node approve ${ask.id}\n\n`)
      }
      return 0
    }
    const decision = flags.deny ? 'deny' : flags.always ? 'allow-always' : 'allow-once'
    if (!(await node.answer(id, decision))) {
      throw usage(`Nothing called ${JSON.stringify(id)} waits here; node approve shows what does`, 'node approve')
    }
    if (flags.json) printJson(invocation, { id, decision })
    else
      out(flags.deny ? '✅ It does not run\n' : `✅ It runs${flags.always ? ', and every next time' : ' this once'}\n`)
    return 0
  },
})

const meanings: Readonly<Record<string, string>> = {
  deny: 'runs nothing',
  allowlist: 'runs what its list names, asks you about the rest',
  ask: 'asks you each time',
  full: 'runs whatever the gateway sends',
}

export const nodePolicy = defineCommand({
  name: 'node policy',
  about: 'what this machine does with commands of a gateway: deny, allowlist, ask or full; no gateway can change it',
  args: '[<policy>]',
  flags: { json },
  async run(invocation) {
    const [mode, ...rest] = invocation.args
    if (rest.length > 0) throw usage('node policy takes one word', 'node policy')
    const node = await invocation.node()
    if (mode !== undefined) await node.setMode(mode)
    const policy = await node.policy()
    if (invocation.flags.json) printJson(invocation, policy)
    else {
      const { out } = invocation
      out(`${mode === undefined ? '' : '✅ '}This machine ${meanings[policy.mode] ?? policy.mode} (${policy.mode})\n`)
      out(
        `   It stands in ${oneLine(policy.path)}${mode === undefined ? '' : ' and counts from the next command on'}\n`,
      )
    }
    return 0
  },
})

export const nodeDoctor = defineCommand({
  name: 'node doctor',
  about: 'what this machine can offer as a node, and what to install for the rest',
  flags: { json },
  async run(invocation) {
    const abilities = await (await invocation.node()).abilities()
    if (invocation.flags.json) printJson(invocation, { abilities })
    const width = Math.max(...abilities.map(({ command }) => command.length)) + 2
    for (const { command, isOffered, detail, remedy } of invocation.flags.json ? [] : abilities) {
      invocation.out(`${isOffered ? '✅' : '➖'} ${command.padEnd(width)}${oneLine(detail)}\n`)
      if (remedy !== undefined) invocation.out(`   ${' '.repeat(width)}${oneLine(remedy)}\n`)
    }
    return 0
  },
})
