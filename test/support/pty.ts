/** A program in a real pseudoterminal, drawn into a terminal emulator: for stories and measurements of the built program. */
import { spawn } from '@lydell/node-pty'
import { bytesOf } from './keys.ts'
import { openTerminal } from './terminal.ts'

export type PtyOptions = {
  columns?: number
  rows?: number
  cwd?: string
  env?: Record<string, string>
}

export type Pty = ReturnType<typeof openPty>

/** Starts a program. Its environment is only what is given, besides PATH, HOME and TERM. */
export function openPty(file: string, args: string[], options: PtyOptions = {}) {
  const { columns = 80, rows = 24, cwd = process.cwd(), env = {} } = options
  const { PATH = '', HOME = '' } = process.env
  const terminal = openTerminal({ columns, rows })
  const startedAt = performance.now()
  const child = spawn(file, args, {
    cols: columns,
    rows,
    cwd,
    name: 'xterm-256color',
    env: { PATH, HOME, TERM: 'xterm-256color', ...env },
    encoding: null,
  })
  const statistics = { bytes: 0, reads: 0 }
  const drawnListeners = new Set<() => void>()
  let drawn = Promise.resolve()
  let exitCode: number | undefined
  const exited = new Promise<number>((resolve) => {
    child.onExit((exit) => {
      exitCode = exit.signal ? 128 + exit.signal : exit.exitCode
      resolve(exitCode)
    })
  })
  child.onData((chunk: string | Uint8Array) => {
    statistics.reads += 1
    statistics.bytes += chunk.length
    drawn = terminal.write(chunk).then(() => {
      for (const listener of drawnListeners) listener()
    })
  })
  terminal.onAnswer((bytes) => {
    if (exitCode === undefined) child.write(bytes)
  })

  return {
    terminal,
    pid: child.pid,
    startedAt,
    statistics,
    exited,
    text: (): string => terminal.screen(),
    /** Types keys, all at once: `hello<enter>`. */
    type: (keys: string): void => child.write(bytesOf(keys)),
    send: (bytes: string): void => child.write(bytes),
    resize(size: { columns: number; rows: number }): void {
      terminal.resize(size)
      child.resize(size.columns, size.rows)
    },
    /** Milliseconds until the screen satisfies this, looked at after everything that is drawn. */
    async until(isThere: string | RegExp | ((screen: string) => boolean), timeoutMs = 30_000): Promise<number> {
      const begin = performance.now()
      const test = (): boolean => {
        if (typeof isThere === 'string') return terminal.screen().includes(isThere)
        return isThere instanceof RegExp ? isThere.test(terminal.screen()) : isThere(terminal.screen())
      }
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (terminal.modes().synchronizedOutputMode) return // half a frame: no user sees it
          if (!test()) return
          finish()
          resolve()
        }
        const timer = setTimeout(() => {
          finish()
          reject(new Error(`not on screen after ${timeoutMs} ms: ${isThere}\n${terminal.screen()}`))
        }, timeoutMs)
        const finish = (): void => {
          clearTimeout(timer)
          drawnListeners.delete(look)
        }
        drawnListeners.add(look)
        look()
      })
      return performance.now() - begin
    },
    drawn: (): Promise<void> => drawn,
    kill: (signal: NodeJS.Signals = 'SIGTERM'): void => {
      if (exitCode === undefined) child.kill(signal)
    },
    async [Symbol.asyncDispose](): Promise<void> {
      if (exitCode === undefined) child.kill('SIGKILL')
      await exited
      await drawn
      await terminal[Symbol.asyncDispose]()
    },
  }
}
