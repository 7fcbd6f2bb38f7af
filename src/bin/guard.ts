/** The last boundary of a program: no stack trace reaches a person. */

import { appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '../shared/std/clock.ts'

/** Runs the program and sets its exit code. A bug is told in one sentence; its stack goes to a private file. */
export async function guard(program: () => Promise<number>): Promise<void> {
  process.on('uncaughtException', (error) => void report(error).then((code) => process.exit(code)))
  try {
    process.exitCode = await program()
  } catch (error) {
    process.exitCode = await report(error)
  }
}

/** The exit code. */
async function report(error: unknown): Promise<number> {
  const { errorText } = await import('../shared/fault.ts')
  const { stateFault } = await import('../shared/state-fault.ts')
  const { clientPaths } = await import('../client/paths.ts')
  const { crashLog, stateDir } = clientPaths(process.env)
  const fault = stateFault(stateDir, error)
  if (fault) {
    process.stderr.write(`❌ ${fault.message}\n${fault.remedy === undefined ? '' : `   ${fault.remedy}\n`}`)
    return fault.exitCode
  }
  const isKept = await keep(crashLog, error)
  process.stderr.write(`❌ Something failed that should not: ${errorText(error)}\n`)
  if (isKept) process.stderr.write(`   The details are in ${crashLog}; please report them.\n`)
  return 1
}

async function keep(path: string, error: unknown): Promise<boolean> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  try {
    const { makePrivateFolder } = await import('../client/private-file.ts')
    makePrivateFolder(dirname(path))
    appendFileSync(path, `${new Date(systemClock.now()).toISOString()} ${process.version}\n${stack}\n\n`, {
      mode: 0o600,
    })
    return true
  } catch {
    return false // a full or foreign disk: the sentence alone has to do
  }
}
