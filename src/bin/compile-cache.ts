/** Keeps compiled code between runs, in a folder only this account can write: the shared temp folder is not one. */
import { mkdirSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Call before the first `import()`. Cheap, and never fails: without a writable folder Node just compiles again. */
export function useCompileCache(): void {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'clawdbot', 'compiled')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 }) // whatever the umask: who writes here runs code as this account
  } catch {
    return
  }
  // Absent before Node 22.1, where the next line of the program says what is missing.
  module.enableCompileCache?.(folder)
}
