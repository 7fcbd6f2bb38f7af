/** The last boundary of a program: no stack trace reaches a person, and a closed pipe is no failure. */

import { appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '../shared/std/clock.ts'

/** Runs the program and sets its exit code. A bug is told in one sentence; its stack goes to a private file. */
export async function guard(program: () => Promise<number>): Promise<void> {
  process.stdout.on('error', onPipe)
  process.stderr.on('error', onPipe)
  process.on('uncaughtException', (error) => void report(error).then((code) => process.exit(code)))
  try {
    process.exitCode = await program()
  } catch (error) {
    process.exitCode = await report(error)
  }
}

/** `clawdbot logs | head`: the reader has what it wanted. A terminal whose window was closed answers EIO. */
function onPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(0)
  if (!fullDisk.has(error.code ?? '')) throw error
  process.stderr.write('❌ The output cannot be written: the disk it goes to is full\n')
  process.stderr.write('   Free some space there, or send it somewhere else.\n')
  process.exit(1)
}

const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

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
