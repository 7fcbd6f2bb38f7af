/** A machine of the tutorial: a home, a shell in which `clawdbot` is our built program, and what was typed there with what came back. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, programsFor } from './nobody.ts'
import { compiledOnce, requireProgram } from './programs.ts'

type Settings = {
  env?: Record<string, string>
  path?: string
  account?: Account | undefined
  /** The network namespace it is in; else this machine's own network. */
  netns?: string | undefined
}

export type Typed = { machine: string; line: string; out: string; code: number | null }

export class TutorialMachine implements Disposable {
  readonly home: string
  /** Run until the tutorial ends. */
  readonly #running: ChildProcess[] = []
  readonly #name: string
  readonly #env: Record<string, string>
  readonly #account: Account | undefined
  readonly #typed: Typed[]
  readonly #netns: string | undefined

  constructor(name: string, typed: Typed[], settings: Settings = {}) {
    this.#name = name
    this.#typed = typed
    const { env = {}, path = '', account, netns } = settings
    this.#account = account
    this.#netns = netns
    const folder = mkdtempSync(join(tmpdir(), `tutorial-${name}-`))
    this.home = folder
    const bin = join(folder, '.bin')
    mkdirSync(bin)
    const { node, built } = programsFor(account)
    writeFileSync(join(bin, 'clawdbot'), `#!/bin/sh\nexec '${node}' '${built('clawdbot')}' "$@"\n`)
    chmodSync(join(bin, 'clawdbot'), 0o755)
    if (account) chownSync(folder, account.uid, account.gid)
    const PATH = [bin, path, '/usr/bin', '/bin'].filter(Boolean).join(':')
    this.#env = { ...compiledOnce, PATH, HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC', ...env }
  }

  /** Types a line and waits until it is done. */
  async type(line: string): Promise<Typed> {
    const { child, typed } = this.#start(line)
    const [code] = await once(child, 'close')
    typed.code = code
    return typed
  }

  /** Types a line whose program stays, and waits until it has printed this. */
  async typeAndLeave(line: string, until: string): Promise<Typed> {
    const { child, typed } = this.#start(`exec ${line}`)
    this.#running.push(child)
    const ended = once(child, 'close').then(() => `It ended: ${typed.out}`)
    const said = new Promise<undefined>((resolve) => {
      const look = () => typed.out.includes(until) && resolve(undefined)
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', look)
    })
    const late = sleep(20_000, undefined, { ref: false }).then(() => `It did not say "${until}": ${typed.out}`)
    const problem = await Promise.race([said, ended, late])
    if (problem !== undefined) throw new Error(problem)
    typed.line = line
    this.#typed.splice(this.#typed.indexOf(typed), 1, { ...typed }) // what it prints later is no part of this step
    return typed
  }

  #start(line: string) {
    const [program = '', ...args] = this.#shell(line)
    const account = this.#netns === undefined ? this.#account : undefined
    const options = { env: this.#env, cwd: this.home, ...account }
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const typed: Typed = { machine: this.#name, line, out: '', code: null }
    this.#typed.push(typed)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece) => {
        typed.out += String(piece)
      })
    }
    return { child, typed }
  }

  /** Only root enters a namespace, so the account is changed after that. */
  #shell(line: string): string[] {
    const shell = ['/bin/sh', '-c', line]
    if (this.#netns === undefined) return shell
    const { uid, gid } = this.#account ?? {}
    const change = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
    return [requireProgram('ip'), 'netns', 'exec', this.#netns, ...change, ...shell]
  }

  /** Ends what still runs, the last first. */
  async end(): Promise<void> {
    for (const child of this.#running.splice(0).toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}
