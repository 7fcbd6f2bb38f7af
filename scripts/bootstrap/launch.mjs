/** Becomes the program: in this process when it already runs the right Node, else as a child that stands for it. */
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { BootstrapFailure } from './failure.mjs'

/** @param {string} node @param {string} script @param {string[]} args */
export async function launch(node, script, args) {
  if (realpathSync(node) !== realpathSync(process.execPath)) return await launchChild(node, [script, ...args])
  process.argv.splice(1, Infinity, script, ...args)
  await import(pathToFileURL(script).href)
}

/**
 * The child has our terminal; our end is its end. Ctrl+C at a terminal reaches both already, so it is not sent twice.
 * @param {string} node @param {string[]} args @returns {Promise<void>}
 */
function launchChild(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', (cause) =>
      reject(
        new BootstrapFailure(
          `Node could not be started (${cause.message}).`,
          'Remove the folder node_modules and run the same command again.',
        ),
      ),
    )
    child.on('exit', (code, signal) => {
      if (signal) {
        process.removeAllListeners(signal)
        process.kill(process.pid, signal)
      } else {
        process.exitCode = code ?? 1
      }
      resolve()
    })
  })
}
