/** All runs of the gateway: starting them once per idempotency key, one at a time per session, stopping and awaiting them. */

import { Fault } from '../../shared/fault.ts'
import type { AssistantMessage, UserMessage } from '../../shared/model/message.ts'
import type { RunSnapshot } from '../../shared/protocol/reattach.ts'
import { agentIdOf } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus, RunRef } from '../bus.ts'
import { executeRun, type RunEnd, type RunParts, type RunPlan, RunStopped } from './run.ts'

/** What is known of a run that is on disk, running or not. */
export type RunRecord = {
  runId: string
  status: 'running' | 'ok' | 'error' | 'aborted' | 'timeout' | 'interrupted'
  startedAt: number
  endedAt?: number
  errorMessage?: string
}

export type BeginResult = { kind: 'new' } | { kind: 'known'; run: RunRecord }

/** The part of the session store that keeps runs. */
export type RunBook = {
  canonicalKey(key: string): string
  beginRun(run: {
    runId: string
    key: string
    echoKey: string
    agentId: string
    message: UserMessage
    source: string
  }): BeginResult
  run(runId: string): RunRecord | undefined
  endRun(runId: string, end: RunEnd & { status: Exclude<RunRecord['status'], 'running' | 'interrupted'> }): void
}

/** One run at a time per key; tasks of one key wait their turn in order. */
export type Lanes = {
  /** True when another task of this key is running or waiting. */
  isBusy(key: string): boolean
  enqueue<T>(key: string, task: () => Promise<T>, signal: AbortSignal): Promise<T>
}

export type StartRequest = {
  runId: string
  /** As the caller wrote it; echoed in events. */
  sessionKey: string
  message: UserMessage
  /** Who asked: a client id, a channel, `http`. */
  source: string
  thinking?: string
  timeoutMs?: number
  extraSystemPrompt?: string
}

export type StartResult = { runId: string; status: 'started' | 'in_flight' | 'ok' | 'error' }

type ActiveRun = {
  ref: RunRef
  controller: AbortController
  startedAt: number
  queued: boolean
  text: string
  thinking: string
  ended: Promise<RunRecord>
}

export type RunsOptions = RunParts & {
  book: RunBook
  lanes: Lanes
  /** Decides model, prompt and limits when the run's turn comes, so that a change made while it waited counts. */
  plan(request: StartRequest, ref: RunRef): RunPlan & { timeoutMs: number }
  clock: Clock
  bus: Bus
  onBug(error: unknown): void
}

export class Runs {
  readonly #options: RunsOptions
  readonly #active = new Map<string, ActiveRun>()

  constructor(options: RunsOptions) {
    this.#options = options
  }

  /** Starts the run, or tells what became of it. When this returns `started`, the message is on disk. */
  start(request: StartRequest): StartResult {
    const { runId } = request
    if (this.#active.has(runId)) return { runId, status: 'in_flight' }
    const begun = this.#begin(request)
    if (begun.status !== 'started') return begun
    const run: ActiveRun = {
      ref: begun.ref,
      controller: new AbortController(),
      startedAt: this.#options.clock.now(),
      queued: this.#options.lanes.isBusy(begun.ref.canonicalKey),
      text: '',
      thinking: '',
      ended: Promise.resolve({ runId, status: 'running', startedAt: 0 }),
    }
    this.#active.set(runId, run)
    run.ended = this.#live(request, run)
    return { runId, status: 'started' }
  }

  /** Answers a slash command: no model, no queue, but the same idempotency and the same place in the log. */
  async answer(request: StartRequest, produce: () => Promise<string>): Promise<StartResult> {
    const { runId } = request
    const begun = this.#begin(request)
    if (begun.status !== 'started') return begun
    const { clock, book, bus } = this.#options
    const startedAt = clock.now()
    const text = await produce().catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error
      return error.remedy ? `${error.message} ${error.remedy}` : error.message
    })
    const endedAt = clock.now()
    const message: AssistantMessage = {
      role: 'assistant',
      content: [{ type: 'text', text }],
      stopReason: 'injected',
      timestamp: endedAt,
      command: true,
    }
    book.endRun(runId, { state: 'final', status: 'ok', text, message, stopReason: 'injected' })
    bus.publish({
      type: 'run.ended',
      run: begun.ref,
      state: 'final',
      stopReason: 'injected',
      message,
      startedAt,
      endedAt,
    })
    return { runId, status: 'ok' }
  }

  /** Stops one run or, without `runId`, every run of the session. Returns the ids it stopped. */
  abort(sessionKey: string, runId: string | undefined, reason: 'rpc' | 'stop'): string[] {
    const key = this.#options.book.canonicalKey(sessionKey)
    const stopped: string[] = []
    for (const run of this.#active.values()) {
      if (run.ref.canonicalKey !== key || (runId !== undefined && run.ref.runId !== runId)) continue
      run.controller.abort(new RunStopped(reason))
      stopped.push(run.ref.runId)
    }
    return stopped
  }

  /** The session of an active run; undefined when it is not running. */
  sessionOf(runId: string): string | undefined {
    return this.#active.get(runId)?.ref.canonicalKey
  }

  /** Resolves when the named runs are over; what was stopped is then on disk. */
  async settled(runIds: readonly string[]): Promise<void> {
    await Promise.allSettled(runIds.map((runId) => this.#active.get(runId)?.ended))
  }

  /** The run's record once it is over; undefined when `signal` ends first or nobody knows it. */
  async wait(runId: string, signal: AbortSignal): Promise<RunRecord | undefined> {
    const active = this.#active.get(runId)
    if (!active) {
      const known = this.#options.book.run(runId)
      if (known) return known
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true })
      })
      return undefined
    }
    return await Promise.race([
      active.ended,
      new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true })),
    ])
  }

  /** Replies being written now, for a terminal that joins in the middle. */
  snapshots(): RunSnapshot[] {
    return [...this.#active.values()].map((run) => ({
      runId: run.ref.runId,
      sessionKey: run.ref.sessionKey,
      text: run.text,
      ...(run.thinking === '' ? {} : { thinking: run.thinking }),
      startedAt: run.startedAt,
      queued: run.queued,
    }))
  }

  canonicalKey(sessionKey: string): string {
    return this.#options.book.canonicalKey(sessionKey)
  }

  isBusy(sessionKey: string): boolean {
    return this.#options.lanes.isBusy(this.#options.book.canonicalKey(sessionKey))
  }

  get activeCount(): number {
    return this.#active.size
  }

  /** Stops everything and waits until it is on disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    const runs = [...this.#active.values()]
    for (const run of runs) run.controller.abort(new RunStopped('shutdown'))
    await Promise.allSettled(runs.map((run) => run.ended))
  }

  #begin(
    request: StartRequest,
  ): { runId: string; status: 'started'; ref: RunRef } | { runId: string; status: 'ok' | 'error' } {
    const { book } = this.#options
    const { runId } = request
    const canonicalKey = book.canonicalKey(request.sessionKey)
    const ref: RunRef = { runId, sessionKey: request.sessionKey, canonicalKey, agentId: agentIdOf(canonicalKey) }
    const begun = book.beginRun({
      runId,
      key: canonicalKey,
      echoKey: request.sessionKey,
      agentId: ref.agentId,
      message: request.message,
      source: request.source,
    })
    if (begun.kind === 'known') return { runId, status: begun.run.status === 'ok' ? 'ok' : 'error' }
    return { runId, status: 'started', ref }
  }

  async #live(request: StartRequest, run: ActiveRun): Promise<RunRecord> {
    const { bus, lanes } = this.#options
    const { ref, controller } = run
    if (run.queued) bus.publish({ type: 'run.queued', run: ref })
    const end = await lanes
      .enqueue(ref.canonicalKey, () => this.#execute(request, run), controller.signal)
      .catch((error: unknown): RunEnd => {
        if (controller.signal.aborted)
          return { state: 'aborted', text: run.text, stopReason: stopReasonOf(controller.signal) }
        this.#options.onBug(error)
        const errorMessage =
          'The gateway met an internal error in this run; its log has the details. The message can be sent again.'
        return { state: 'error', text: run.text, stopReason: 'error', errorMessage }
      })
    return this.#finish(run, end)
  }

  async #execute(request: StartRequest, run: ActiveRun): Promise<RunEnd> {
    const { clock, bus } = this.#options
    const { timeoutMs, ...plan } = this.#options.plan(request, run.ref)
    run.queued = false
    run.startedAt = clock.now()
    bus.publish({ type: 'run.started', run: run.ref, startedAt: run.startedAt })
    const cancel = clock.after(timeoutMs, () => run.controller.abort(new RunStopped('timeout')), { unref: true })
    try {
      return await executeRun(this.#options, plan, run.controller.signal, ({ text, thinking }) => {
        run.text = text
        run.thinking = thinking
      })
    } finally {
      cancel()
    }
  }

  #finish(run: ActiveRun, end: RunEnd): RunRecord {
    const { book, bus, clock } = this.#options
    const { ref, startedAt } = run
    const endedAt = clock.now()
    const status =
      end.state === 'final'
        ? 'ok'
        : end.state === 'error'
          ? 'error'
          : end.stopReason === 'timeout'
            ? 'timeout'
            : 'aborted'
    try {
      book.endRun(ref.runId, { ...end, status })
    } catch (error) {
      this.#options.onBug(error)
      end = {
        ...end,
        state: 'error',
        errorMessage: `The reply could not be stored: ${error instanceof Error ? error.message : String(error)}`,
      }
    }
    this.#active.delete(ref.runId)
    const { state, message: _, text, ...rest } = end
    const timestamp = endedAt
    bus.publish({
      type: 'run.ended',
      run: ref,
      state,
      ...rest,
      ...(text === '' ? {} : { message: { role: 'assistant', content: [{ type: 'text', text }], timestamp } }),
      startedAt,
      endedAt,
    })
    return {
      runId: ref.runId,
      status,
      startedAt,
      endedAt,
      ...(end.errorMessage ? { errorMessage: end.errorMessage } : {}),
    }
  }
}

function stopReasonOf(signal: AbortSignal): string {
  return signal.reason instanceof RunStopped ? signal.reason.stopReason : 'rpc'
}
