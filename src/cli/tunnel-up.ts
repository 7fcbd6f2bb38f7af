/** `clawdbot tunnel up`: a local port that is a far gateway, for browsers and other programs, kept open. */

import { type ForwardNote, runningForward } from '../client/forward/note.ts'
import { openWays } from '../client/forward/open-ways.ts'
import { runForward } from '../client/forward/run.ts'
import { type ForwardSpec, targetText } from '../client/forward/spec.ts'
import { type Starter, starterOf } from '../client/forward/starter.ts'
import { tunnelEnv } from '../client/secrets.ts'
import { type AskProgram, programsOf } from '../client/system-programs.ts'
import { Fault } from '../shared/fault.ts'
import { AnswerMemory } from '../tunnel/ssh/answer-memory.ts'
import { defineCommand, type Invocation } from './command.ts'
import { printJson } from './gateway-call.ts'
import { upInBackground } from './tunnel-background.ts'
import { noteJson, statusText } from './tunnel-lines.ts'
import { choosePorts, flagText, portFlags, typedPorts } from './tunnel-ports.ts'
import { type TunnelTarget, tunnelTarget } from './tunnel-profile.ts'
import { tellAsItHappens } from './tunnel-say.ts'

const flags = {
  ...portFlags,
  background: { type: 'boolean', about: 'come back when it is up; tunnel down ends it' },
  json: { type: 'boolean', about: 'print JSON for programs, one line per change' },
} as const

type Up = Invocation<typeof flags>

export const tunnelUp = defineCommand({
  name: 'tunnel up',
  about:
    'open a local port that is the gateway of a profile, for browsers and other programs, and keep it open until Ctrl+C',
  args: '[<profile>]',
  flags,
  async run(invocation) {
    const ask = programsOf(invocation.env)
    const starter =
      startedBy(invocation.env.CLAWDBOT_TUNNEL_STARTED_BY) === 'background' ? starterOf(process) : undefined
    try {
      const target = await tunnelTarget(invocation.args, 'tunnel up', invocation)
      const running = await runningForward(invocation.paths, target.profile.id, ask)
      if (running) return alreadyUp(running, invocation)
      const forwards = await choosePorts(target, invocation, ask)
      return invocation.flags.background
        ? await upInBackground(target.profile, forwards, invocation, invocation.flags.json)
        : await upHere(target, forwards, invocation, ask, starter)
    } catch (error) {
      if (error instanceof Fault) starter?.failed(error)
      throw error
    }
  },
})

/** Whoever wants it in the background has it, if its ports are those they name. */
function alreadyUp(note: ForwardNote, invocation: Up): number {
  const { flags, out, clock } = invocation
  const isOpen = ({ port, to }: ForwardSpec) =>
    note.forwards.some((one) => one.port === port && one.to === targetText(to))
  const missing = typedPorts(invocation).filter((spec) => !isOpen(spec))
  if (!flags.background || missing.length > 0) {
    const without = missing.length === 0 ? '' : `, without ${missing.map(flagText).join(' ')}`
    throw new Fault('usage.invalid', `The tunnel of ${note.profile} runs already (process ${note.pid})${without}`, {
      remedy: `See: clawdbot tunnel status ${note.profile}. To end it: clawdbot tunnel down ${note.profile}`,
    })
  }
  if (flags.json) printJson({ out }, noteJson(note, clock.now()))
  else out(statusText(note, clock.now()))
  return 0
}

async function upHere(
  { profile, ways }: TunnelTarget,
  forwards: readonly ForwardSpec[],
  invocation: Up,
  ask: AskProgram,
  starter: Starter | undefined,
): Promise<number> {
  const { env, paths, clock, signal } = invocation
  invocation.stayLong()
  // Kept for this process, so that a tunnel that comes back at night needs nobody.
  const prompts = new AnswerMemory().over(starter?.prompts ?? invocation.prompts)
  const say = tellAsItHappens(invocation)
  await runForward({
    ...{
      profileId: profile.id,
      profile: profile.name,
      forwards,
      place: paths,
      clock,
      random: Math.random,
      ask,
      signal,
    },
    startedBy: startedBy(env.CLAWDBOT_TUNNEL_STARTED_BY),
    open: (attempt) =>
      openWays(ways, {
        clock,
        signal: attempt,
        prompts,
        onLayer: () => {},
        env: tunnelEnv(env, profile),
        home: paths.home,
      }),
    onListening(open) {
      starter?.listening(open)
      say.listening(open, profile.name)
    },
    onState(state) {
      starter?.state(state)
      say.state(state)
    },
    onTrouble: (fault) => say.trouble(fault),
  })
  return 0
}

function startedBy(word: string | undefined): ForwardNote['startedBy'] {
  return word === 'background' || word === 'service' ? word : 'terminal'
}
