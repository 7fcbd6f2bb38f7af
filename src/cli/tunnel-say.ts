/** What a tunnel in the foreground says as things happen: lines for people, or one JSON object a line for programs. */

import type { KeeperState } from '../client/forward/keeper.ts'
import type { ForwardNote } from '../client/forward/note.ts'
import type { Fault } from '../shared/fault.ts'
import { formatDuration } from '../shared/std/duration.ts'
import type { Surroundings } from './command.ts'
import { harmless, oneLine } from './style.ts'
import { forwardLines } from './tunnel-lines.ts'

type Telling = Pick<Surroundings, 'out' | 'err' | 'clock'> & { readonly flags: { readonly json: boolean } }

/** The same trouble is told once until something is up again. */
export function tellAsItHappens({ flags: { json }, out, err, clock }: Telling) {
  const line = (value: object) => out(`${JSON.stringify({ at: clock.now(), ...value })}\n`)
  let told = ''
  const tellOnce = (fault: Fault) => {
    if (told === fault.message) return
    told = fault.message
    err(`   ${harmless(fault.message)}\n${fault.remedy === undefined ? '' : `   ${harmless(fault.remedy)}\n`}`)
  }
  return {
    listening(forwards: ForwardNote['forwards'], profile: string) {
      if (json) line({ event: 'listening', profile, pid: process.pid, forwards })
      else out(`Listening\n${forwardLines(forwards, profile)}`)
    },
    state(state: KeeperState) {
      if (json) return line(stateJson(state))
      if (state.phase === 'up') {
        told = ''
        out(`✅ Up (${oneLine(state.route)})\n`)
      }
      if (state.phase !== 'waiting') return
      if (told !== state.fault.message) err(`⏳ Down; trying again in ${formatDuration(state.delayMs)}, and on\n`)
      tellOnce(state.fault)
    },
    trouble(fault: Fault) {
      if (json) return line({ event: 'trouble', code: fault.code, message: fault.message, remedy: fault.remedy })
      if (told !== fault.message) err('⏳ The way is open, but the gateway does not answer\n')
      tellOnce(fault)
    },
  }
}

function stateJson(state: KeeperState): object {
  if (state.phase !== 'waiting') return { event: state.phase, ...(state.phase === 'up' && { route: state.route }) }
  const { code, message, remedy } = state.fault
  return { event: 'waiting', delayMs: Math.round(state.delayMs), error: { code, message, remedy } }
}
