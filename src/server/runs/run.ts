/** The shell of one run: streams the model, runs the tools it asks for, writes the log and tells the bus. */

import { Fault, faultText } from '../../shared/fault.ts'
import type {
  AssistantMessage,
  Message,
  ToolCallPart,
  ToolDetails,
  ToolResultMessage,
  Usage,
} from '../../shared/model/message.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus, RunRef } from '../bus.ts'
import type { Chunk, ProviderRequest, ThinkingLevel, ToolSpec } from '../providers/provider.ts'
import type { ToolContext, ToolOutcome } from '../tools/tool.ts'
import { fitResults } from './budget.ts'
import { anotherModel, initialRun, maxSteps, nextStep, type RunState, stepMessage, takeChunk } from './step.ts'
import { type Checkpoints, Teller } from './teller.ts'

/** The part of the session store a run writes to. */
export type RunLog = Checkpoints & {
  modelHistory(key: string, options: { budgetTokens: number }): Message[]
  append(entry: { runId: string; message: Message }): unknown
  /** Kept until the run's next stored answer: after a crash it tells whether the call can have run. */
  noteCall(runId: string, toolCallId: string, details: ToolDetails, hasWaited: boolean): void
}

/**
 * Streams one model request over the models of the run, in order; says which one answers before its first chunk. With
 * `mustAnswer`, one that says nothing gives way to the next, whose chunks follow.
 */
export type ModelStream = (
  request: Omit<ProviderRequest, 'model'> & { models: readonly string[] },
  options: { signal: AbortSignal; onModel(model: { provider: string; model: string }): void; mustAnswer: boolean },
) => AsyncIterable<Chunk>

export type RunTools = {
  specs: readonly ToolSpec[]
  /** Never throws: refusals and failures are outcomes. */
  run(call: ToolCallPart, context: ToolContext): Promise<ToolOutcome>
}

export type RunParts = { log: RunLog; bus: Bus; clock: Clock; stream: ModelStream; tools: RunTools }

/** What a run is told when it starts; settings do not change under it. */
export type RunPlan = {
  ref: RunRef
  models: readonly string[]
  system: string
  thinking: ThinkingLevel
  workspace: string
  /** Most tokens of history a request carries. */
  budgetTokens: number
  maxOutputTokens?: number
}

/** Why a run was stopped, as the signal's reason: `rpc` by a caller, `stop` by a stop word, `timeout`, `shutdown`. */
export class RunStopped extends Error {
  readonly stopReason: 'rpc' | 'stop' | 'timeout' | 'shutdown'

  constructor(stopReason: RunStopped['stopReason']) {
    super(`run stopped: ${stopReason}`)
    this.name = 'RunStopped'
    this.stopReason = stopReason
  }
}

/** How a run ended. `message` is the last step's entry for the log; `text` the whole reply. */
export type RunEnd = {
  state: 'final' | 'aborted' | 'error'
  text: string
  message?: AssistantMessage
  stopReason?: string
  errorMessage?: string
  usage?: Usage
}

/** What can be seen of a run from outside while it goes on. */
export type RunProgress = { text: string; thinking: string }

export type RunHooks = {
  /** The model has been asked; nothing it says is taken before this resolves. */
  begin(): Promise<void>
  onProgress(progress: RunProgress): void
}

/** Runs to the end. Expected failures become an `error` end; only bugs throw. */
export async function executeRun(
  parts: RunParts,
  plan: RunPlan,
  signal: AbortSignal,
  { begin, onProgress }: RunHooks,
): Promise<RunEnd> {
  let state = initialRun
  let model: { provider: string; model: string } | undefined
  const teller = new Teller(parts, plan.ref)
  const close = (stopReason: NonNullable<AssistantMessage['stopReason']>) =>
    stepMessage(state, { ...model, timestamp: parts.clock.now(), stopReason })
  try {
    for (;;) {
      const onModel = (chosen: { provider: string; model: string }) => {
        model = chosen
        state = anotherModel(state)
      }
      // After tools a model may end without a word: what they did is there to be seen.
      const mustAnswer = state.steps === 1
      const stream = parts.stream(requestOf(parts, plan), { signal, onModel, mustAnswer })
      const chunks = state.steps === 1 ? askAhead(stream, begin) : stream
      let stopReason: 'stop' | 'length' | 'toolUse' = 'stop'
      for await (const chunk of chunks) {
        if (signal.aborted) throw signal.reason
        state = tellChunk(teller, state, chunk)
        if (chunk.type === 'end') stopReason = chunk.stopReason
        else onProgress(state)
      }
      teller.flush()
      if (state.calls.length === 0) {
        const message = close(stopReason)
        return { state: 'final', text: state.text, stopReason, ...some({ message, usage: state.usage }) }
      }
      const asked = close('toolUse')
      if (asked) parts.log.append({ runId: plan.ref.runId, message: asked })
      const { calls, steps } = state
      state = nextStep(state) // what was said so far is in the log
      for (const call of calls) await answerCall(parts, plan, call, signal)
      if (signal.aborted) throw signal.reason
      if (steps >= maxSteps) throw tooManySteps()
    }
  } catch (error) {
    teller.close()
    if (signal.aborted) {
      const stopReason = signal.reason instanceof RunStopped ? signal.reason.stopReason : 'rpc'
      state = { ...state, calls: [] } // a call that was never begun must not stay open in the log
      return {
        state: 'aborted',
        text: state.text,
        stopReason,
        ...some({ message: close('aborted'), usage: state.usage }),
      }
    }
    if (!(error instanceof Fault)) throw error
    state = { ...state, calls: [] }
    const errorMessage = faultText(error)
    const message: AssistantMessage = {
      ...(close('error') ?? { role: 'assistant', content: [], timestamp: parts.clock.now() }),
      stopReason: 'error',
      errorMessage,
    }
    return {
      state: 'error',
      text: state.text,
      stopReason: 'error',
      errorMessage,
      message,
      ...some({ usage: state.usage }),
    }
  }
}

/** Asks the model at once, where a generator would wait until it is read; gives its chunks when `begin` has resolved. */
function askAhead(stream: AsyncIterable<Chunk>, begin: () => Promise<void>): AsyncIterable<Chunk> {
  const iterator = stream[Symbol.asyncIterator]()
  const first = iterator.next()
  first.catch(() => {}) // told when it is read
  const takeFirst = async (): Promise<IteratorResult<Chunk>> => {
    try {
      await begin()
    } catch (error) {
      void iterator.return?.()
      throw error
    }
    return await first
  }
  let next = takeFirst
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        const chunk = next()
        next = () => iterator.next()
        return chunk
      },
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    }),
  }
}

function requestOf(parts: RunParts, plan: RunPlan) {
  return {
    models: plan.models,
    system: plan.system,
    messages: fitResults(parts.log.modelHistory(plan.ref.canonicalKey, plan), plan.budgetTokens),
    tools: parts.tools.specs,
    thinking: plan.thinking,
    ...some({ maxOutputTokens: plan.maxOutputTokens }),
  }
}

/** A step's own words begin after the blank line that parts them from an earlier step's. */
function tellChunk(teller: Teller, state: RunState, chunk: Chunk): RunState {
  const { state: next, effect } = takeChunk(state, chunk)
  if (effect?.type === 'thinking') teller.add({ ...effect, stepOffset: effect.offset, stepText: effect.text })
  // The chunk's own text, not cut from the step's: cutting copies the whole text so far, for every token.
  else if (effect && chunk.type === 'text')
    teller.add({ ...effect, stepOffset: state.stepText.length, stepText: chunk.text })
  return next
}

async function answerCall(parts: RunParts, plan: RunPlan, call: ToolCallPart, signal: AbortSignal): Promise<void> {
  const { ref } = plan
  const named = { name: call.name, toolCallId: call.id }
  const publish = (data: Record<string, unknown>) => parts.bus.publish({ type: 'run.tool', run: ref, data })
  publish({ phase: 'start', ...named, args: call.arguments })
  let phase: ToolDetails['phase']
  const note = (details: ToolDetails) => {
    if (details.phase === phase) return
    parts.log.noteCall(ref.runId, call.id, details, phase === 'approval')
    phase = details.phase
  }
  const outcome = await parts.tools.run(call, {
    runId: ref.runId,
    sessionKey: ref.canonicalKey,
    agentId: ref.agentId,
    toolCallId: call.id,
    workspace: plan.workspace,
    signal,
    onUpdate({ text, details }) {
      if (details) note(details) // on disk first, then on the wire
      publish({ phase: 'update', ...named, partialResult: { content: [{ type: 'text', text }], details } })
    },
  })
  const { content, details, isError } = outcome
  const message: ToolResultMessage = {
    role: 'toolResult',
    toolCallId: call.id,
    toolName: call.name,
    content,
    details,
    isError,
    timestamp: parts.clock.now(),
  }
  parts.log.append({ runId: ref.runId, message })
  publish({ phase: 'result', ...named, isError, result: { content, details } })
}

function tooManySteps(): Fault {
  return new Fault('tool.failed', `The model asked for tools ${maxSteps} times in one reply, so the run was stopped.`, {
    remedy: 'Ask for a smaller piece of the work, or choose another model with /model.',
  })
}

/** Leaves out what is undefined, as exact optional properties demand. */
function some<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
