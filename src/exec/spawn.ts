/** The only place that starts commands. What it starts it also ends. */

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { errorText } from '../shared/fault.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { Command } from './command.ts'
import { runMarker } from './env.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import { OutputKeeper, WholeCharacters } from './output.ts'
import { processRow } from './process-table.ts'
import { endProcesses } from './reap.ts'

export type OutputStream = 'stdout' | 'stderr'

export type SpawnRequest = {
  command: Command
  timeoutMs: number
  /** Bytes of output to keep, at most `maxKeptBytes`. */
  keepBytes: number
  signal: AbortSignal
  /** Called a few times a second while there is news, with at most the last `liveBytes` of output. */
  onOutput?(lastText: string): void
  /** Keeps standard output and error apart too. */
  isApart?: boolean
  /** Each piece as it comes, whole characters of either stream. */
  onPiece?(text: string, stream: OutputStream): void
}

export type SpawnResult = {
  /** `not-started` when the system refused to start the program; `text` then says why. */
  ended: 'exited' | 'timeout' | 'aborted' | 'not-started'
  /** Null when a signal ended it. */
  exitCode: number | null
  exitSignal: string | null
  /** Standard output and error in the order they came. */
  text: string
  /** Each alone, when asked for. */
  apart?: { stdout: string; stderr: string }
  omittedBytes: number
  durationMs: number
}

type Exit = Pick<SpawnResult, 'exitCode' | 'exitSignal'>
type Child = { pid: number; stdout: Readable; stderr: Readable; exited: Promise<Exit> }

const unknownExit: Exit = { exitCode: null, exitSignal: null }

/** A command that prints without end is read at about 25 MB/s and waits otherwise (requirement EX12). */
const burstBytes = 256 * 1024
const burstPauseMs = 10
const liveEveryMs = 250
const liveBytes = 16 * 1024
/** How long output is awaited once every process has ended. */
const drainMs = 1000

export class Spawner implements AsyncDisposable {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #graceMs: number
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  /** `graceMs` is the time between SIGTERM and SIGKILL. */
  constructor(parts: { ledger: Ledger; clock: Clock; graceMs?: number }) {
    this.#ledger = parts.ledger
    this.#clock = parts.clock
    this.#graceMs = parts.graceMs ?? 2000
  }

  /** Ends what an earlier gateway left running; returns how many processes that were. */
  async reapLeftovers(): Promise<number> {
    let count = 0
    for (const entry of this.#ledger.leftovers()) {
      count += await endProcesses(entry, 0, this.#clock)
      this.#ledger.close(entry.marker)
    }
    return count
  }

  /** Runs the command to its end. When this resolves, none of its processes is left. Never rejects for what it did. */
  run(request: SpawnRequest): Promise<SpawnResult> {
    const running = this.#run(request)
    this.#running.add(running)
    return running.finally(() => this.#running.delete(running))
  }

  /** Ends everything that runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#running)
  }

  async #run(request: SpawnRequest): Promise<SpawnResult> {
    const entry: LedgerEntry = { marker: randomBytes(16).toString('hex') }
    const startedAt = this.#clock.monotonic()
    try {
      this.#ledger.open(entry)
      const child = await start(request.command, entry.marker)
      const result = await this.#follow(child, entry, request)
      return { ...result, durationMs: Math.round(this.#clock.monotonic() - startedAt) }
    } catch (error) {
      return { ended: 'not-started', ...unknownExit, text: errorText(error), omittedBytes: 0, durationMs: 0 }
    } finally {
      this.#ledger.close(entry.marker)
    }
  }

  /** From the first process to the end of the last one. */
  async #follow(child: Child, entry: LedgerEntry, request: SpawnRequest): Promise<Omit<SpawnResult, 'durationMs'>> {
    entry.root = { pid: child.pid, startTicks: processRow(child.pid)?.startTicks ?? 0 }
    this.#ledger.note(entry)
    const keeper = new OutputKeeper(request.keepBytes)
    const apart = request.isApart ? [new OutputKeeper(request.keepBytes), new OutputKeeper(request.keepBytes)] : []
    const drained = this.#collect(child, keeper, apart, request)
    const ended = await this.#firstOf(child.exited, request)
    await endProcesses(entry, this.#graceMs, this.#clock)
    await Promise.race([drained, wait(this.#clock, drainMs)])
    for (const stream of [child.stdout, child.stderr]) stream.destroy()
    const exit = await Promise.race([child.exited, wait(this.#clock, drainMs)])
    const [stdout, stderr] = apart
    return {
      ...{ ended, ...(exit ?? unknownExit), text: keeper.text(), omittedBytes: keeper.omittedBytes },
      ...(stdout && stderr && { apart: { stdout: stdout.text(), stderr: stderr.text() } }),
    }
  }

  async #firstOf(exited: Promise<unknown>, request: SpawnRequest): Promise<'exited' | 'timeout' | 'aborted'> {
    const stop = AbortSignal.any([request.signal, this.#closing.signal])
    if (stop.aborted) return 'aborted'
    return await new Promise((resolve) => {
      const cancel = this.#clock.after(request.timeoutMs, () => resolve('timeout'))
      const onAbort = () => resolve('aborted')
      stop.addEventListener('abort', onAbort, { once: true })
      void exited.then(() => {
        cancel()
        stop.removeEventListener('abort', onAbort)
        resolve('exited')
      })
    })
  }

  /** Reads both streams, with a rest after each burst so that a flood waits in the pipe instead of in our memory. */
  #collect(
    child: Child,
    keeper: OutputKeeper,
    apart: readonly OutputKeeper[],
    { onOutput, onPiece }: SpawnRequest,
  ): Promise<unknown> {
    const streams = [child.stdout, child.stderr]
    const live = this.#liveNews(keeper, onOutput)
    let burst = 0
    const rest = () => {
      burst = 0
      for (const stream of streams) stream.pause()
      this.#clock.after(burstPauseMs, () => {
        for (const stream of streams) stream.resume()
      })
    }
    const closed = streams.map(async (stream, index) => {
      const whole = new WholeCharacters()
      const keep = (piece: Uint8Array) => {
        keeper.append(piece)
        apart[index]?.append(piece)
        if (piece.length > 0) onPiece?.(Buffer.from(piece).toString(), index === 0 ? 'stdout' : 'stderr')
      }
      stream.on('data', (bytes: Buffer) => {
        keep(whole.push(bytes))
        live.changed()
        burst += bytes.length
        if (burst >= burstBytes) rest()
        release(bytes)
      })
      stream.on('error', () => {}) // the pipe broke with its process; what arrived is kept
      await once(stream, 'close')
      keep(whole.end())
    })
    return Promise.allSettled(closed).then(() => live.stop())
  }

  #liveNews(keeper: OutputKeeper, onOutput?: (text: string) => void) {
    let cancel: (() => void) | undefined
    const tell = () => {
      cancel = undefined
      onOutput?.(keeper.lastText(liveBytes))
    }
    return {
      changed: () => {
        if (onOutput) cancel ??= this.#clock.after(liveEveryMs, tell, { unref: true })
      },
      stop: () => cancel?.(),
    }
  }
}

/** Rejects with the system's reason when the program cannot be started. */
async function start({ action, program, cwd, env }: Command, marker: string): Promise<Child> {
  const [argv0, ...args] = action.kind === 'argv' ? action.argv : ['/bin/sh', '-c', '--', action.text]
  const child = spawn(program.path, args, {
    argv0,
    cwd,
    env: { ...env, [runMarker]: marker },
    detached: true, // a session and process group of its own, so that it can be ended whole
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }))
  })
  await once(child, 'spawn')
  if (child.pid === undefined) throw new Error('the system gave the process no id')
  return { pid: child.pid, stdout: child.stdout, stderr: child.stderr, exited }
}

/** Gives the memory of a read back at once; left to the garbage collector, a flood would cost tens of megabytes. */
function release(bytes: Buffer): void {
  if (bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength) bytes.buffer.transfer(0)
}

function wait(clock: Clock, delayMs: number): Promise<undefined> {
  return new Promise((resolve) => clock.after(delayMs, () => resolve(undefined), { unref: true }))
}
