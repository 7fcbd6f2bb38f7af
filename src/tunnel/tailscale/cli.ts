/** The only place that runs `tailscale`: an absolute program, an argument array, a time limit and a size limit (TS2). */

import { type ExecFileException, execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

export type Env = Readonly<Record<string, string | undefined>>

/** What became of one call. `stopped`: its output said that nothing more would come. */
export type CommandResult =
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-started'; readonly reason: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'timeout' | 'stopped'; readonly stdout: string; readonly stderr: string }

export type CommandOptions = {
  readonly signal: AbortSignal
  /** 5 s unless told otherwise; what changes Tailscale's settings may take longer. */
  readonly timeoutMs?: number
  /** Ends the command once its output matches: some wait for ever after saying why. */
  readonly stopAt?: RegExp
}

/** Runs `tailscale` with these arguments. Rejects with the signal's reason only. */
export type TailscaleCommand = (args: readonly string[], options: CommandOptions) => Promise<CommandResult>

const defaultTimeoutMs = 5000
const maxOutputBytes = 8 * 1024 * 1024

/** Where it is installed when it is not on the path: macOS's application, Homebrew, NixOS, Windows. */
const usualPlaces = [
  '/usr/bin/tailscale',
  '/usr/local/bin/tailscale',
  '/opt/homebrew/bin/tailscale',
  '/run/current-system/sw/bin/tailscale',
  '/Applications/Tailscale.app/Contents/MacOS/Tailscale',
  'C:\\Program Files\\Tailscale\\tailscale.exe',
]

/** The command of this machine; it is looked for at each call, as it may be installed meanwhile. */
export function tailscaleCommand(env: Env, places: readonly string[] = usualPlaces): TailscaleCommand {
  return async (args, options) => {
    options.signal.throwIfAborted()
    const program = findTailscale(env, places)
    return program === undefined ? { kind: 'missing' } : await run(program, args, env, options)
  }
}

/** Absolute path of the program. Relative folders on the path are left out: they mean whatever folder we are in. */
export function findTailscale(env: Env, places: readonly string[] = usualPlaces): string | undefined {
  const name = process.platform === 'win32' ? 'tailscale.exe' : 'tailscale'
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute)
  return [...folders.map((folder) => join(folder, name)), ...places].find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function run(program: string, args: readonly string[], env: Env, options: CommandOptions): Promise<CommandResult> {
  const { signal, timeoutMs = defaultTimeoutMs, stopAt } = options
  return new Promise((resolve, reject) => {
    const limits = { timeout: timeoutMs, maxBuffer: maxOutputBytes, killSignal: 'SIGKILL', signal } as const
    let isStopped = false
    const child = execFile(program, args, { ...limits, env: childEnv(env) }, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason)
      resolve(isStopped ? { kind: 'stopped', stdout, stderr } : resultOf(error, stdout, stderr))
    })
    child.stdin?.on('error', () => {}) // it never reads
    child.stdin?.end() // a question meets the end of input instead of a person
    if (stopAt) {
      let seen = ''
      const look = (text: string) => {
        seen = (seen + text).slice(-4096)
        if (isStopped || !stopAt.test(seen)) return
        isStopped = true
        child.kill('SIGKILL')
      }
      child.stdout?.on('data', look)
      child.stderr?.on('data', look)
    }
  })
}

function resultOf(error: ExecFileException | null, stdout: string, stderr: string): CommandResult {
  if (!error) return { kind: 'exited', code: 0, stdout, stderr }
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return { kind: 'too-large' }
  if (typeof error.code === 'number') return { kind: 'exited', code: error.code, stdout, stderr }
  if (error.killed) return { kind: 'timeout', stdout, stderr }
  return { kind: 'not-started', reason: error.code ?? error.signal ?? error.message }
}

/** It needs to find its daemon and its user, and none of our secrets. The last makes macOS's application act as a command. */
function childEnv({ PATH, HOME, USER, SystemRoot, ProgramData, XDG_RUNTIME_DIR }: Env): Record<string, string> {
  const wanted = { PATH, HOME, USER, SystemRoot, ProgramData, XDG_RUNTIME_DIR, LC_ALL: 'C', TAILSCALE_BE_CLI: '1' }
  return Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
