/** `clawdbot node run`: this machine as a node of a gateway, in the foreground. */

import { hostname } from 'node:os'
import type { ConnectionView } from '../client/connection-api.ts'
import { resolveTarget } from '../client/target.ts'
import { deviceFingerprint } from '../shared/protocol/device-fingerprint.ts'
import type { ExecDecision } from '../shared/protocol/exec.ts'
import { cleanName } from '../shared/std/clean-name.ts'
import { formatDuration } from '../shared/std/duration.ts'
import { lastWord } from '../shared/std/shell-words.ts'
import { defineCommand, gatewayFlags, type Invocation, targetFlags } from './command.ts'
import type { NodeNews, WaitingCommand } from './node-port.ts'
import type { Person } from './person.ts'
import { harmless, oneLine } from './style.ts'

const { timeout: _, ...where } = gatewayFlags

const flags = {
  ...where,
  name: { type: 'string', about: 'what this machine is called there (its host name)', value: '<name>' },
  json: { type: 'boolean', about: 'print JSON for programs, one line per change' },
} as const

type Run = Invocation<typeof flags>

export const nodeRun = defineCommand({
  name: 'node run',
  about:
    'lend this machine to a gateway: it may run commands here, take pictures and show messages, as far as the policy ' +
    'of this machine and you allow; until Ctrl+C, whatever happens to the connection',
  flags,
  async run(invocation) {
    invocation.stayLong()
    const { env, paths, prompts, person, signal } = invocation
    const target = await resolveTarget(targetFlags({ ...invocation.flags, timeout: undefined }), env, paths, prompts)
    const name = cleanName(invocation.flags.name ?? hostname()) ?? 'node'
    const node = await invocation.node()
    const say = teller(invocation, name)
    await node.run({
      ...{ target, name, signal },
      prompt: person.isThere ? (ask, ended) => decide(ask, person, invocation, ended) : undefined,
      onStarted: ({ deviceId, offered }) => say.started(deviceId, offered),
      onView: (view) => say.view(view),
      onNews: (news) => say.news(news),
    })
    return 0
  },
})

/** The same is told once, however often the view changes. */
function teller({ flags: { json }, out, err, clock }: Run, name: string) {
  const line = (value: object) => out(`${JSON.stringify({ at: clock.now(), ...value })}\n`)
  let told = ''
  const tell = (key: string, text: () => void) => {
    if (told === key) return
    told = key
    text()
  }
  return {
    started(deviceId: string, offered: readonly string[]) {
      if (json) return line({ event: 'started', name, nodeId: deviceId, offered })
      out(`This machine is the node ${oneLine(name)} (${deviceFingerprint(deviceId)})\n`)
      out(`   It offers ${offered.join(', ')}\n`)
    },
    view(view: ConnectionView) {
      const { phase, fault } = view
      if (json) return tell(`${phase} ${fault?.code}`, () => line({ event: phase, ...faultJson(view) }))
      if (phase === 'live') tell('live', () => out(connected(view, name)))
      else if (fault && !isLast(view)) tell(`${phase} ${fault.message}`, () => err(trouble(view)))
    },
    news(news: NodeNews) {
      if (json) line({ event: news.kind, ...news, kind: undefined })
      else if (news.kind === 'asked') out(`▸ ${oneLine(`${news.command} ${news.text}`.trim())}\n`)
      else if (news.error !== undefined) out(`  ❌ ${oneLine(news.error)}\n`)
      else out(`  ✅ ${formatDuration(news.tookMs)}\n`)
    },
  }
}

function connected({ name, route }: ConnectionView, node: string): string {
  return (
    `✅ Connected to ${oneLine(name)} (${oneLine(route)})\n` +
    `   What it may ask is approved there, once: clawdbot nodes approve ${oneLine(lastWord(node))}\n`
  )
}

/** The command ends with it, and tells it then. */
function isLast({ phase, fault }: ConnectionView): boolean {
  return phase === 'failed' && fault?.code !== 'client.pairing-required'
}

function trouble({ phase, fault }: ConnectionView): string {
  const remedy = fault?.remedy === undefined ? '' : `   ${harmless(fault.remedy)}\n`
  return `⏳ ${harmless(fault?.message ?? phase)}\n${remedy}`
}

function faultJson({ fault }: ConnectionView): object {
  return fault ? { error: { code: fault.code, message: fault.message, remedy: fault.remedy } } : {}
}

/** Enter alone means no. */
async function decide(
  ask: WaitingCommand,
  person: Person,
  { err }: Run,
  ended: AbortSignal,
): Promise<ExecDecision | undefined> {
  err(`\n${describeAsk(ask)}`)
  const answer = await person.line('Run it? [y]es once, [a]lways, [N]o: ', ended)
  const word = answer?.trim().toLowerCase()
  if (word === 'y' || word === 'yes') return 'allow-once'
  return word === 'a' || word === 'always' ? 'allow-always' : 'deny'
}

/** All of it, so that nothing is allowed that was not seen (EX3). */
export function describeAsk({ command, program, cwd, gateway, why }: WaitingCommand): string {
  const where = cwd === '' ? '' : `   in:      ${oneLine(cwd)}\n   program: ${oneLine(program)}\n`
  return `The gateway ${oneLine(gateway)} asks to run here (${oneLine(why)}):\n\n   ${oneLine(command)}\n\n${where}`
}
