/** Runs the system's OpenSSH. The only file of this room that starts processes; argument lists only, never a shell (TU7). */

import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** The system's `ssh`, undefined where it has none. Relative entries of `PATH` are not looked into: they mean whoever's folder this is. */
export async function findSsh(env: Env): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'ssh.exe' : 'ssh'
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name)
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}

export type SshRun = { readonly code: number; readonly stdout: string; readonly stderr: string }

export type SshRunOptions = {
  readonly env: Env
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly limitBytes: number
}

/** Runs one short command to its end. Rejects with the signal's reason, or when it cannot start, takes too long or says too much. */
export function runSsh(
  path: string,
  args: readonly string[],
  { env, signal, timeoutMs, limitBytes }: SshRunOptions,
): Promise<SshRun> {
  return new Promise((resolve, reject) => {
    const options = { env, signal, timeout: timeoutMs, maxBuffer: limitBytes, windowsHide: true }
    const child = execFile(path, args, options, (error, stdout, stderr) => {
      if (signal.aborted) reject(signal.reason)
      else if (!error) resolve({ code: 0, stdout, stderr })
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr })
      else reject(error)
    })
    child.stdin?.on('error', () => {}) // it may have ended already
    child.stdin?.end()
  })
}

export type SshProcess = ChildProcessWithoutNullStreams

/** Starts a command that goes on; whoever starts it ends it. It ends by itself when this process does: its input closes. */
export function startSsh(path: string, args: readonly string[], env: Env): SshProcess {
  return spawn(path, args, { env, stdio: 'pipe', windowsHide: true })
}
