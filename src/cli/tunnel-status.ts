/** `clawdbot tunnel status|list|down`: what runs, how it is doing, and ending it. */

import { type ForwardNote, removeNote, runningForward, runningForwards } from '../client/forward/note.ts'
import { processMark } from '../client/forward/process-mark.ts'
import { foldName } from '../client/profile.ts'
import { type AskProgram, programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { sleep } from '../shared/std/signal.ts'
import { defineCommand, type Surroundings } from './command.ts'
import { printJson } from './gateway-call.ts'
import { oneLine } from './style.ts'
import { listText, noteJson, statusText } from './tunnel-lines.ts'
import { tunnelTarget } from './tunnel-profile.ts'

const json = { json: { type: 'boolean', about: 'print JSON for programs' } } as const

export const tunnelList = defineCommand({
  name: 'tunnel list',
  about: 'every tunnel that runs for this account, with its ports',
  flags: json,
  async run(invocation) {
    const { env, paths, out, clock, flags } = invocation
    const notes = await runningForwards(paths, programsOf(env))
    if (flags.json) printJson(invocation, { tunnels: notes.map((note) => noteJson(note, clock.now())) })
    else if (notes.length === 0) out('No tunnel runs. To open one: clawdbot tunnel up <profile>\n')
    else out(listText(notes, clock.now()))
    return 0
  },
})

export const tunnelStatus = defineCommand({
  name: 'tunnel status',
  about: 'how the tunnel of a profile is doing; exit code 1 when none runs',
  args: '[<profile>]',
  flags: json,
  async run(invocation) {
    const { env, out, clock, flags } = invocation
    const { note, profile } = await wanted('tunnel status', invocation, programsOf(env))
    if (flags.json) printJson(invocation, note ? noteJson(note, clock.now()) : { running: false, profile })
    else if (note) out(statusText(note, clock.now()))
    else out(`❌ No tunnel of ${oneLine(profile)} runs\n   To open it: clawdbot tunnel up ${profile}\n`)
    return note ? 0 : 1
  },
})

export const tunnelDown = defineCommand({
  name: 'tunnel down',
  about: 'end the tunnel of a profile, however it was started',
  args: '[<profile>]',
  flags: json,
  async run(invocation) {
    const { env, out } = invocation
    const ask = programsOf(env)
    const { note, profile } = await wanted('tunnel down', invocation, ask)
    if (!note) {
      throw new Fault('tunnel.not-running', `No tunnel of ${profile} runs`, {
        remedy: 'clawdbot tunnel list shows those that do.',
      })
    }
    await end(note, invocation, ask)
    if (invocation.flags.json) printJson(invocation, { ended: true, profile, pid: note.pid })
    else out(`✅ Ended (process ${note.pid})\n`)
    if (note.startedBy === 'service' && !invocation.flags.json) {
      out(`   It starts again with the next login. To stop that: clawdbot tunnel uninstall ${profile}\n`)
    }
    return 0
  },
})

/** The named one, whatever became of its profile since; without a name the only one that runs, or that of the profile in use. */
async function wanted(
  command: string,
  invocation: Surroundings & { readonly args: readonly string[] },
  ask: AskProgram,
): Promise<{ profile: string; note: ForwardNote | undefined }> {
  const { args, paths } = invocation
  const [name, ...rest] = args
  const notes = rest.length === 0 ? await runningForwards(paths, ask) : []
  const found = name === undefined ? onlyOne(notes) : notes.find((one) => foldName(one.profile) === foldName(name))
  if (found) return { profile: found.profile, note: found }
  const { profile } = await tunnelTarget(args, command, invocation)
  return { profile: profile.name, note: await runningForward(paths, profile.id, ask) }
}

function onlyOne(notes: readonly ForwardNote[]): ForwardNote | undefined {
  return notes.length === 1 ? notes[0] : undefined
}

/** How long it may take to close its connections, milliseconds. */
const patienceMs = 10_000

/** The note's process and no other one: its mark was compared a moment ago. */
async function end({ pid, mark, profileId }: ForwardNote, world: Surroundings, ask: AskProgram): Promise<void> {
  const { clock, signal, paths } = world
  process.kill(pid, 'SIGTERM')
  for (const from = clock.monotonic(); clock.monotonic() - from < patienceMs; ) {
    if ((await processMark(pid, ask)) !== mark) return await removeNote(paths, profileId)
    await sleep(clock, 25, signal)
  }
  throw new Fault('client.timeout', `The tunnel (process ${pid}) did not end within ${patienceMs / 1000} s`, {
    remedy: `To end it without waiting: kill -9 ${pid}`,
  })
}
