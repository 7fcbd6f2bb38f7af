/** The machine of one run: chunks and tool results go in; text, tool calls and an ending come out. No clock, no socket. */

import type { AssistantMessage, ThinkingPart, ToolCallPart, Usage } from '../../shared/model/message.ts'
import type { Chunk } from '../providers/provider.ts'

/** Most model requests one run may make before it is stopped: a loop of tools that never ends is a fault of the model. */
export const maxSteps = 64

export type RunState = {
  /** Model requests begun so far, this one included. */
  steps: number
  /** Everything said in this run, the texts of all steps joined by a blank line. */
  text: string
  /** Everything thought in this run. */
  thinking: string
  /** Where in `text` the current step's own text begins. */
  stepStart: number
  /** What the current step has said and asked for. */
  stepText: string
  stepThinking: ThinkingPart[]
  calls: ToolCallPart[]
  stepUsage: Usage | undefined
  /** Spent by all steps together. */
  usage: Usage | undefined
}

export type StepEffect =
  /** `offset` is the place of `text` in the whole run's text. */
  { type: 'text'; offset: number; text: string } | { type: 'thinking'; offset: number; text: string }

export const initialRun: RunState = {
  steps: 1,
  text: '',
  thinking: '',
  stepStart: 0,
  stepText: '',
  stepThinking: [],
  calls: [],
  stepUsage: undefined,
  usage: undefined,
}

/** Takes one chunk of the model's stream. */
export function takeChunk(state: RunState, chunk: Chunk): { state: RunState; effect?: StepEffect } {
  switch (chunk.type) {
    case 'text':
      return takeText(state, chunk.text)
    case 'thinking':
      return takeThinking(state, chunk.text, chunk.signature)
    case 'toolCall': {
      const { type, id, name, signature } = chunk
      const thought = signature ? { thoughtSignature: signature } : {}
      const call: ToolCallPart = { type, id, name, arguments: chunk.arguments, ...thought }
      return { state: { ...state, calls: [...state.calls, call] } }
    }
    case 'end':
      if (!chunk.usage) return { state }
      return { state: { ...state, stepUsage: chunk.usage, usage: addUsage(state.usage, chunk.usage) } }
  }
}

function takeText(state: RunState, text: string): { state: RunState; effect?: StepEffect } {
  if (text === '') return { state }
  // A blank line parts this step's text from what earlier steps said, in the stream as in the final message.
  const gap = state.stepText === '' && state.text !== '' ? '\n\n' : ''
  const effect: StepEffect = { type: 'text', offset: state.text.length, text: gap + text }
  const stepStart = state.stepText === '' ? state.text.length + gap.length : state.stepStart
  return { state: { ...state, text: state.text + gap + text, stepText: state.stepText + text, stepStart }, effect }
}

function takeThinking(state: RunState, text: string, signature?: string): { state: RunState; effect?: StepEffect } {
  const parts = [...state.stepThinking]
  const last = parts.at(-1)
  if (last && !last.thinkingSignature) parts[parts.length - 1] = { ...last, thinking: last.thinking + text }
  else if (text !== '' || signature) parts.push({ type: 'thinking', thinking: text })
  const current = parts.at(-1)
  if (signature && current) parts[parts.length - 1] = { ...current, thinkingSignature: signature }
  const effect: StepEffect = { type: 'thinking', offset: state.thinking.length, text }
  const next = { ...state, thinking: state.thinking + text, stepThinking: parts }
  return text === '' ? { state: next } : { state: next, effect }
}

/** Begins the next model request of the run, after its tools have answered. */
export function nextStep(state: RunState): RunState {
  return {
    ...state,
    steps: state.steps + 1,
    stepText: '',
    stepThinking: [],
    calls: [],
    stepUsage: undefined,
    stepStart: state.text.length,
  }
}

/** Another model answers in its stead: what the first one thought was shown, and is no part of this answer. */
export function anotherModel(state: RunState): RunState {
  return { ...state, stepThinking: [], stepUsage: undefined }
}

/** What the current step goes into the log as; undefined when it produced nothing at all. */
export function stepMessage(
  state: RunState,
  facts: {
    provider?: string
    model?: string
    timestamp: number
    stopReason: NonNullable<AssistantMessage['stopReason']>
  },
): AssistantMessage | undefined {
  const content: AssistantMessage['content'] = [...state.stepThinking]
  if (state.stepText !== '') content.push({ type: 'text', text: state.stepText })
  content.push(...state.calls)
  if (content.length === 0) return undefined
  return {
    role: 'assistant',
    content,
    ...(facts.provider ? { provider: facts.provider } : {}),
    ...(facts.model ? { model: facts.model } : {}),
    ...(state.stepUsage ? { usage: state.stepUsage } : {}),
    stopReason: facts.stopReason,
    timestamp: facts.timestamp,
  }
}

/** Sums what was spent; `totalTokens` is the size of the last context, not a sum. */
export function addUsage(sum: Usage | undefined, more: Usage): Usage {
  if (!sum) return more
  return {
    input: sum.input + more.input,
    output: sum.output + more.output,
    cacheRead: sum.cacheRead + more.cacheRead,
    cacheWrite: sum.cacheWrite + more.cacheWrite,
    totalTokens: more.totalTokens,
  }
}
