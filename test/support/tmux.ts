/** A real tmux with one pane: programs run in it as a person would run them, and the screen is read back. */

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { requireProgram } from './programs.ts'
import { descendants } from './sshd.ts'

export type TmuxOptions = { columns?: number; rows?: number; env: Record<string, string>; cwd?: string }

export class Tmux implements Disposable {
  readonly #socket = `clawdbot-test-${randomUUID()}`
  readonly #tmux = requireProgram('tmux')

  /** Starts `command` (argument vector) in a pane of its own server. */
  constructor(command: readonly string[], { columns = 80, rows = 24, env, cwd }: TmuxOptions) {
    const size = ['-x', String(columns), '-y', String(rows)]
    const folder = cwd === undefined ? [] : ['-c', cwd]
    const shell = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    this.#run([
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      ...size,
      ...folder,
      ...variables,
      `${shell}; echo "[exit $?]"; exec cat`,
    ])
    this.#run(['set-option', '-g', 'escape-time', '10'])
  }

  /** The screen as plain text, one string. */
  screen(): string {
    return this.#run(['capture-pane', '-p'])
  }

  /** The screen with its colours, as escape sequences. */
  coloured(): string {
    return this.#run(['capture-pane', '-pe'])
  }

  /** Types text literally. */
  type(text: string): void {
    this.#run(['send-keys', '-l', text])
  }

  /** Presses keys by tmux's names: `Enter`, `Escape`, `C-c`, `Up`. */
  press(...keys: string[]): void {
    this.#run(['send-keys', ...keys])
  }

  /** The process of the command in the pane. */
  get programPid(): number {
    const shell = Number(this.#run(['list-panes', '-F', '#{pane_pid}']))
    const [program = 0] = descendants(shell)
    return program
  }

  resize(columns: number, rows: number): void {
    this.#run(['resize-window', '-x', String(columns), '-y', String(rows)])
  }

  /** Waits until the screen matches; fails with what it showed instead. */
  async until(pattern: RegExp | string, limitMs = 20_000): Promise<string> {
    const deadline = Date.now() + limitMs
    for (;;) {
      const screen = this.screen()
      if (typeof pattern === 'string' ? screen.includes(pattern) : pattern.test(screen)) return screen
      if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms for ${pattern}; the screen shows:\n${screen}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#run(['kill-server'])
    } catch {
      // already gone: that is what was wanted
    }
  }

  #run(args: string[]): string {
    return execFileSync(this.#tmux, ['-L', this.#socket, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
}
