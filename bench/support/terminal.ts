/** The built terminal in a pty, as benchmarks see it: times since it was spawned, and echoes of keys. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPty, type Pty } from '../../test/support/pty.ts'
import { program, token } from './processes.ts'

const columns = 120
const rows = 40
export class BenchTerminal implements AsyncDisposable {
  readonly #home = mkdtempSync(join(tmpdir(), 'clawdbot-bench-'))
  readonly #pty: Pty
  #composer = 0

  private constructor(url: string, cacheHome: string) {
    this.#pty = openPty(process.execPath, [program('clawdbot'), '--url', url], {
      columns,
      rows,
      env: {
        HOME: this.#home,
        XDG_CACHE_HOME: cacheHome,
        CLAWDBOT_STATE_DIR: this.#home,
        CLAWDBOT_GATEWAY_TOKEN: token,
      },
    })
  }

  /** Terminals of one run share `cacheHome`: their compiled code is kept there, as on a person's machine. */
  static open(url: string, cacheHome: string): BenchTerminal {
    return new BenchTerminal(url, cacheHome)
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** Bytes and writes that came out so far. */
  get bytes(): number {
    return this.#pty.statistics.bytes
  }

  get reads(): number {
    return this.#pty.statistics.reads
  }

  type(keys: string): void {
    this.#pty.type(keys)
  }

  async until(isThere: string | RegExp): Promise<void> {
    await this.#pty.until(isThere, 30_000)
  }

  /** Milliseconds from spawning until the composer is on the screen. */
  async painted(): Promise<number> {
    await this.#pty.until(/^› /m)
    this.#composer = this.#pty
      .text()
      .split('\n')
      .findLastIndex((line) => line.startsWith('› '))
    return this.#sinceSpawn()
  }

  /** Milliseconds from spawning until a key typed there has shown. */
  async usable(): Promise<number> {
    await this.painted()
    await this.#echo('x', 1)
    const time = this.#sinceSpawn()
    this.#pty.type('<backspace>')
    return time
  }

  /** Milliseconds from spawning until the conversation has been loaded. */
  async ready(): Promise<number> {
    await this.#pty.until(/^ready/m, 30_000)
    return this.#sinceSpawn()
  }

  /** Rows of the whole conversation, as the terminal itself counts them when it shows its beginning. */
  async countRows(): Promise<number> {
    this.#pty.send('\x1b[1;5H')
    await this.until(/↓ \d+ more rows below/)
    const below = Number(/↓ (\d+) more rows/.exec(this.#pty.text())?.[1])
    this.#pty.send('\x1b[1;5F')
    await this.#pty.until((screen) => !screen.includes('more rows below'))
    return below + this.#composer - 2
  }

  /** Milliseconds from each key's byte to its character on the glass, for keys at uneven times, an empty composer before and after. */
  async echoes(count: number): Promise<number[]> {
    const samples: number[] = []
    for (let index = 0; index < count; index++) {
      const typed = (index % 50) + 1
      if (typed === 1) await this.#clear()
      await new Promise((resolve) => setTimeout(resolve, 20 + ((index * 7) % 31)))
      samples.push(await this.#echo('x', typed))
    }
    await this.#clear()
    return samples
  }

  async #clear(): Promise<void> {
    this.#pty.type('<ctrl+u>')
    await this.#pty.until(() => !this.#pty.terminal.row(this.#composer).startsWith('› x'))
  }

  async #echo(key: string, typed: number): Promise<number> {
    const begin = performance.now()
    this.#pty.send(key)
    const shown = `› ${key.repeat(typed)}`
    await this.#pty.until(() => this.#pty.terminal.row(this.#composer) === shown)
    return performance.now() - begin
  }

  #sinceSpawn(): number {
    return performance.now() - this.#pty.startedAt
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pty[Symbol.asyncDispose]()
    rmSync(this.#home, { recursive: true, force: true })
  }
}
