/** All runs of the gateway: starting them once per idempotency key, one at a time per session, stopping and awaiting them. */

import { errorText, Fault, faultText } from '../../shared/fault.ts'
import type { AssistantMessage, UserMessage } from '../../shared/model/message.ts'
import type { RunSnapshot } from '../../shared/protocol/reattach.ts'
import { agentIdOf, canonicalKey } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus, RunRef } from '../bus.ts'
import type { Lanes } from '../sessions/lanes.ts'
import type { RunRecord } from '../sessions/record.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { executeRun, type RunEnd, type RunParts, type RunPlan, RunStopped } from './run.ts'

/** The part of the session store that keeps runs. */
export type RunBook = Pick<Sessions, 'beginRun' | 'run' | 'endRun' | 'synced' | 'indexWords'>

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
  /** Resolves when the user's message is on disk. */
  stored: Promise<void>
  /** Settles when the ending is published and on disk. */
  ended: Promise<unknown>
}

/** Most runs that go on or wait, in all sessions together: more is a program gone wild, not a person (IN9). */
const maxActive = 1000

export type RunsOptions = RunParts & {
  book: RunBook
  lanes: Lanes
  /** Decides model, prompt and limits when the run's turn comes, so that a change made while it waited counts. */
  plan(request: StartRequest, ref: RunRef): RunPlan & { timeoutMs: number }
  defaultAgentId: string
  clock: Clock
  bus: Bus
  onBug(error: unknown): void
}

export class Runs {
  readonly #options: RunsOptions
  readonly #active = new Map<string, ActiveRun>()
  /** Slash commands being answered. */
  readonly #answering = new Set<string>()

  constructor(options: RunsOptions) {
    this.#options = options
  }

  /**
   * Starts the run, or tells what became of it. When this resolves, the message is on disk; meanwhile the model is asked
   * already, but nobody hears of it.
   */
  async start(request: StartRequest): Promise<StartResult> {
    const { book } = this.#options
    const { runId } = request
    const active = this.#active.get(runId)
    if (active) {
      await active.stored
      return { runId, status: 'in_flight' }
    }
    if (this.#active.size >= maxActive) throw tooManyRuns()
    const begun = this.#begin(request)
    const stored = book.synced()
    if (begun.status !== 'started') {
      await stored
      return begun
    }
    const run: ActiveRun = {
      ref: begun.ref,
      controller: new AbortController(),
      startedAt: this.#options.clock.now(),
      queued: false,
      text: '',
      thinking: '',
      stored,
      ended: Promise.resolve(undefined),
    }
    this.#active.set(runId, run)
    run.ended = this.#live(request, run)
    await stored
    return { runId, status: 'started' }
  }

  /**
   * Answers a slash command: no model, no queue, but the same idempotency and the same place in the log. What `produce`
   * throws is answered as text when it is a `Fault`, and rethrown otherwise, with the run closed.
   */
  async answer(request: StartRequest, produce: () => Promise<string>): Promise<StartResult> {
    const { runId } = request
    if (this.#answering.has(runId)) return { runId, status: 'in_flight' }
    const begun = this.#begin(request)
    if (begun.status !== 'started') return begun
    this.#answering.add(runId)
    try {
      const startedAt = this.#options.clock.now()
      const answered = this.#answered(begun.ref, startedAt, await produce().catch(understood))
      await this.#options.book.synced()
      return answered
    } catch (error) {
      this.#options.book.endRun(runId, { status: 'error', errorMessage: errorText(error) })
      throw error
    } finally {
      this.#answering.delete(runId)
    }
  }

  #answered(run: RunRef, startedAt: number, text: string): StartResult {
    const { clock, book, bus } = this.#options
    const { runId } = run
    const endedAt = clock.now()
    const message: AssistantMessage = {
      role: 'assistant',
      content: [{ type: 'text', text }],
      stopReason: 'injected',
      timestamp: endedAt,
      command: true,
    }
    book.endRun(runId, { status: 'ok', message, stopReason: 'injected' })
    bus.publish({
      type: 'run.ended',
      run,
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
    const key = this.canonicalKey(sessionKey)
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
    const ended = this.#active.get(runId)?.ended
    if (!ended && this.#options.book.run(runId)) {
      await this.#options.book.synced()
      return this.#options.book.run(runId)
    }
    const gaveUp = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    if (ended !== undefined) await Promise.race([ended, gaveUp])
    else await gaveUp
    const record = this.#options.book.run(runId)
    return record?.status === 'running' ? undefined : record
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
    return canonicalKey(sessionKey, this.#options.defaultAgentId)
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
    const key = this.canonicalKey(request.sessionKey)
    const ref: RunRef = { runId, sessionKey: request.sessionKey, canonicalKey: key, agentId: agentIdOf(key) }
    const begun = book.beginRun({
      runId,
      key,
      echoKey: request.sessionKey,
      agentId: ref.agentId,
      message: request.message,
      source: request.source,
    })
    if (begun.kind === 'known') return { runId, status: begun.run.status === 'ok' ? 'ok' : 'error' }
    return { runId, status: 'started', ref }
  }

  async #live(request: StartRequest, run: ActiveRun): Promise<void> {
    const { bus, lanes } = this.#options
    const { ref, controller } = run
    run.queued = lanes.isBusy(ref.canonicalKey)
    if (run.queued) bus.publish({ type: 'run.queued', run: ref })
    const turn = lanes.enqueue(ref.canonicalKey, () => this.#execute(request, run), controller.signal)
    const end = await turn.catch((error: unknown): RunEnd => {
      if (controller.signal.aborted) return { state: 'aborted', text: run.text, stopReason: stopReasonOf(controller) }
      this.#options.onBug(error)
      return { state: 'error', text: run.text, stopReason: 'error', errorMessage: internalError }
    })
    this.#finish(run, end)
    const { book, onBug } = this.#options
    try {
      await book.synced()
      book.indexWords() // the end has been told: nobody waits for this
    } catch (error) {
      onBug(error)
    }
  }

  async #execute(request: StartRequest, run: ActiveRun): Promise<RunEnd> {
    const { clock, bus } = this.#options
    const { signal } = run.controller
    if (run.queued) await nextTurn() // the reply before this one is stored: it belongs to the history
    signal.throwIfAborted()
    const { timeoutMs, ...plan } = this.#options.plan(request, run.ref)
    run.queued = false
    const begin = async () => {
      await run.stored
      await nextTurn() // the caller hears `started` before the first event
      signal.throwIfAborted()
      run.startedAt = clock.now()
      bus.publish({ type: 'run.started', run: run.ref, startedAt: run.startedAt })
    }
    const cancel = clock.after(timeoutMs, () => run.controller.abort(new RunStopped('timeout')), { unref: true })
    try {
      return await executeRun(this.#options, plan, signal, {
        begin,
        onProgress({ text, thinking }) {
          run.text = text
          run.thinking = thinking
        },
      })
    } finally {
      cancel()
    }
  }

  #finish(run: ActiveRun, end: RunEnd): void {
    const { book, bus, clock } = this.#options
    const { text, ...outcome } = end
    const { state: _, ...stored } = outcome
    try {
      book.endRun(run.ref.runId, { ...stored, status: statusOf(end) })
    } catch (error) {
      this.#options.onBug(error)
      outcome.state = 'error'
      outcome.errorMessage = `The reply could not be stored: ${errorText(error)}`
    }
    this.#active.delete(run.ref.runId)
    const endedAt = clock.now()
    const whole: AssistantMessage = { role: 'assistant', content: [{ type: 'text', text }], timestamp: endedAt }
    bus.publish({
      type: 'run.ended',
      run: run.ref,
      ...outcome,
      ...(text === '' ? {} : { message: whole }),
      startedAt: run.startedAt,
      endedAt,
    })
  }
}

const internalError =
  'The gateway met an internal error in this run; its log has the details. The message can be sent again.'

function tooManyRuns(): Fault {
  return new Fault('gateway.busy', `More than ${maxActive} messages wait for an answer`, {
    remedy: 'Wait until some are answered, or stop them with /stop.',
    retryable: true,
    retryAfterMs: 1000,
  })
}

/** What a person reads of a failure we understand; anything else is thrown on. */
function understood(error: unknown): string {
  if (!(error instanceof Fault)) throw error
  return faultText(error)
}

function statusOf({ state, stopReason }: RunEnd): 'ok' | 'error' | 'aborted' | 'timeout' {
  if (state !== 'aborted') return state === 'final' ? 'ok' : 'error'
  return stopReason === 'timeout' ? 'timeout' : 'aborted'
}

function stopReasonOf({ signal }: AbortController): string {
  return signal.reason instanceof RunStopped ? signal.reason.stopReason : 'rpc'
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
