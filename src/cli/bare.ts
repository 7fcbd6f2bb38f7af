/** `clawdbot` without a command: the screen in a terminal, an answer for a pipe, else how things stand. */

import type { TargetFlags } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import { stateFault } from '../shared/state-fault.ts'
import type { FlagValues, Surroundings } from './command.ts'
import { interruptedExit } from './interrupted.ts'
import { parseLine, usage } from './parse.ts'
import { reportFault } from './run.ts'
import { screenFlags } from './screen-flags.ts'

/** What the screen is started with; secrets are in here, so it is never printed. */
export type ScreenOptions = TargetFlags & {
  readonly session?: string | undefined
  readonly env: Surroundings['env']
  /** Path of `clawdbot-server`, for the gateway of the profile `local`. */
  readonly serverProgram: string
}

export type Ends = {
  readonly input: AsyncIterable<Uint8Array | string> | undefined
  /** Both ends are terminals. */
  readonly isScreen: boolean
  readonly openScreen: (options: ScreenOptions) => Promise<number>
}

export async function runWithoutCommand(argv: readonly string[], world: Surroundings, ends: Ends): Promise<number> {
  try {
    const { args, flags: parsed } = parseLine(argv, '', screenFlags)
    if (args.length > 0) throw usage(`${JSON.stringify(args[0])} stands after the flags: commands come first`, '')
    const flags = parsed as FlagValues<typeof screenFlags>
    if (!ends.isScreen) {
      const { ask } = await import('./ask.ts') // the screen loads what connects after its first frame
      return await ask({ ...world, flags, input: ends.input })
    }
    const { profile, url, port, token, password, insecure, session } = flags
    const { env, serverProgram } = world
    const pin = flags['tls-fingerprint']
    return await ends.openScreen({
      profile,
      url,
      port,
      token,
      password,
      insecure,
      session,
      tlsFingerprint: pin,
      env,
      serverProgram,
    })
  } catch (error) {
    if (world.signal.aborted && !(error instanceof Fault)) return interruptedExit(world.signal)
    const fault = stateFault(world.paths.stateDir, error)
    if (!fault) throw error
    reportFault(fault, world, !ends.isScreen && argv.includes('--json'))
    return fault.exitCode
  }
}
