/** A real ssh-agent with keys of the test's own. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { requireProgram } from './programs.ts'

/** `keyPaths`: private keys, each added with the certificate beside it. */
export async function startAgent(
  folder: string,
  keyPaths: readonly string[],
): Promise<AsyncDisposable & { socket: string }> {
  const socket = join(folder, 'agent.sock')
  const child: ChildProcess = spawn(requireProgram('ssh-agent'), ['-D', '-a', socket], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (child.stdout) await once(child.stdout, 'data')
  for (const path of keyPaths) {
    execFileSync(requireProgram('ssh-add'), ['-q', path], { env: { SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
  }
  return {
    socket,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}
