/** What becomes of a program whose output has nowhere to go: a closed pipe is no failure, a full disk is told. */

/** A list of its own: it is loaded before all else, also for `--version`. */
const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Call before the first word is printed. */
export function watchOutput(): void {
  process.stdout.on('error', onError)
  process.stderr.on('error', onError)
}

/** `clawdbot logs | head`: the reader has what it wanted. A terminal whose window was closed answers EIO. */
function onError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(0)
  if (!fullDisk.has(error.code ?? '')) throw error
  process.stderr.write('❌ The output cannot be written: the disk it goes to is full\n')
  process.stderr.write('   Free some space there, or send it somewhere else.\n')
  process.exit(1)
}
