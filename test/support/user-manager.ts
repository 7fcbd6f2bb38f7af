/** A real systemd user manager, in a mount namespace of its own. Needs root, as in CI. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { requireProgram } from './programs.ts'

/** systemd only runs where the system looks as if it had been booted by it. */
const script = `
mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd && mkdir -p /run/systemd/system || exit 1
exec /lib/systemd/systemd --user
`

export class UserManager implements AsyncDisposable {
  readonly #process: ReturnType<typeof spawn>
  readonly #env: Record<string, string>

  private constructor(home: string, env: Record<string, string>) {
    const own = { PATH: '/usr/bin:/bin:/usr/sbin', HOME: home, XDG_RUNTIME_DIR: join(home, 'run') }
    this.#env = { ...own, ...env }
    const words = ['-m', '--propagation', 'private', 'sh', join(home, 'manager.sh')]
    this.#process = spawn('unshare', words, { env: own })
  }

  /** `env` is what programs run inside get besides. */
  static async start(home: string, env: Record<string, string> = {}): Promise<UserManager> {
    requireProgram('systemd-analyze')
    await mkdir(join(home, 'run'), { mode: 0o700 })
    await writeFile(join(home, 'manager.sh'), script)
    const manager = new UserManager(home, env)
    try {
      await expect.poll(() => manager.systemctl('is-system-running'), { timeout: 60_000 }).toMatch(/running|degraded/)
      return manager
    } catch (error) {
      await manager[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Runs a program where that manager is what the system was booted by; its standard output. */
  async inside(...words: string[]): Promise<string> {
    const line = ['-t', String(this.#process.pid), '-m', ...words]
    return (await promisify(execFile)('nsenter', line, { env: this.#env })).stdout
  }

  /** Also of one that ends with a failure. */
  async systemctl(...words: string[]): Promise<string> {
    return await this.inside('systemctl', '--user', ...words).catch(({ stdout }) => stdout)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill()
    await once(this.#process, 'exit')
  }
}
