/** Asks the operating system's own programs (`lsof`, `ps`, `systemctl`, `launchctl`): an argument array, no shell, an end in time. */

import { execFile } from 'node:child_process'
import type { Env } from './paths.ts'

export type ProgramAnswer = {
  /** Undefined when the program is missing, was ended by a signal or took too long. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Never rejects: a program that is missing is an answer too. */
export type AskProgram = (program: string, args: readonly string[]) => Promise<ProgramAnswer>

/** Milliseconds; `systemctl start` waits for the service. */
const timeoutMs = 60_000
const limitBytes = 1 << 20

export function programsOf(env: Env): AskProgram {
  return (program, args) =>
    new Promise((resolve) => {
      const options = { timeout: timeoutMs, maxBuffer: limitBytes, env: { ...env, LC_ALL: 'C' } }
      execFile(program, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined
        resolve({ code, stdout, stderr })
      })
    })
}
