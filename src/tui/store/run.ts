/**
 * One reply as it is being written. A run's text is one string for the gateway; on screen it is cut where tools were
 * called, so a run is a list of parts in the order they came. Every function takes a run and gives the next one.
 */

import { isRecord } from '../../shared/std/json.ts'
import { partsText, withDetails, withResult } from './history.ts'
import type { Ending, Item, QuestionItem, ReplyItem, ToolItem } from './item.ts'

/** `waiting`: asked but not begun. `lost`: it ended while we were away; the next history tells how. */
export type RunPhase = 'waiting' | 'running' | 'lost' | Exclude<Ending, 'open'>

export type Run = {
  readonly id: string
  readonly phase: RunPhase
  /** Ours, or found in the history. */
  readonly question?: QuestionItem
  /** Seen from its first word; otherwise history knows parts of it that we do not. */
  readonly isWhole: boolean
  /** All text so far, as the gateway counts its offsets once `origin` is subtracted. */
  readonly text: string
  readonly origin: number
  /** Where in `text` the last part begins, while that part is text. */
  readonly partStart: number
  readonly parts: readonly Item[]
  /** A piece of it went missing; the rest waits for the end, which repeats all. */
  readonly hasGap?: boolean
  /** Wall time it began. */
  readonly startedAt?: number
}

export function newRun(id: string, phase: RunPhase = 'running', question?: QuestionItem): Run {
  return { id, phase, isWhole: true, text: '', origin: 0, partStart: 0, parts: [], ...(question ? { question } : {}) }
}

export const isOver = (run: Run): boolean => run.phase !== 'waiting' && run.phase !== 'running'

/** Nobody has heard anything of its answer. */
export const isSilent = ({ parts }: Run): boolean => parts.every((part) => part.kind === 'reply' && part.text === '')

/**
 * Adds the part of `deltaText` that is new. `offset` is its place in the reply; without it the piece is appended.
 * `replace` rewrites the reply from its start, or, right after a tool, begins another text. A piece beyond what is known
 * only marks that others are missing.
 */
export function addText(run: Run, deltaText: string, offset?: number, replace = false): Run {
  if (replace) return restart(run, deltaText)
  const at = offset === undefined ? run.text.length : offset + run.origin
  if (offset === 0 && !agrees(run.text.slice(run.origin), deltaText)) return restart(run, deltaText)
  if (at > run.text.length) return run.hasGap ? run : { ...run, hasGap: true }
  const fresh = deltaText.slice(run.text.length - at)
  return fresh === '' ? run : showText({ ...run, text: run.text + fresh })
}

/** One is the beginning of the other. */
const agrees = (known: string, told: string): boolean => told.startsWith(known) || known.startsWith(told)

function restart(run: Run, text: string): Run {
  const isAfterTool = run.parts.at(-1)?.kind === 'tool'
  const origin = isAfterTool ? run.text.length : run.origin
  return showText({
    ...run,
    text: run.text.slice(0, origin) + text,
    origin,
    partStart: Math.max(run.partStart, origin),
  })
}

/** Brings the last part up to date with `text`; after anything but text a new part begins. */
function showText(run: Run): Run {
  const last = run.parts.at(-1)
  const partStart = run.partStart
  const text = run.text.slice(partStart).replace(/^\s*\n/, '')
  if (last?.kind === 'reply') return { ...run, parts: run.parts.with(-1, { ...last, text }) }
  if (text.trim() === '') return run
  const part: ReplyItem = { kind: 'reply', id: partId(run), runId: run.id, text, ending: 'open', ...atOf(run) }
  return { ...run, parts: [...run.parts.map(closeThought), part] }
}

/** Thinking, told as everything thought so far, or as a piece. */
export function addThought(run: Run, data: Readonly<Record<string, unknown>>): Run {
  const last = run.parts.at(-1)
  const known = last?.kind === 'thought' ? last.text : ''
  const earlier = run.parts.reduce(
    (sum, part) => sum + (part.kind === 'thought' && part !== last ? part.text.length : 0),
    0,
  )
  const text =
    typeof data.text === 'string' ? data.text.slice(earlier) : typeof data.delta === 'string' ? known + data.delta : ''
  if (text.length <= known.length) return run
  if (last?.kind === 'thought') return { ...run, parts: run.parts.with(-1, { ...last, text }) }
  return addPart(run, { kind: 'thought', id: partId(run), runId: run.id, text, isOpen: true, ...atOf(run) })
}

/** A tool begins, tells its output so far, or answers. Telling the same again changes nothing that shows. */
export function addTool(run: Run, data: Readonly<Record<string, unknown>>): Run {
  const id = typeof data.toolCallId === 'string' ? data.toolCallId : undefined
  if (id === undefined) return run
  const index = run.parts.findIndex((part) => part.kind === 'tool' && part.id === id)
  const call = index < 0 ? newCall(run, id, data) : (run.parts[index] as ToolItem)
  const next = call.status === 'running' ? stepCall(call, data) : call
  if (index < 0) return addPart(run, next)
  return next === call ? run : { ...run, parts: run.parts.with(index, next) }
}

function newCall(run: Run, id: string, data: Readonly<Record<string, unknown>>): ToolItem {
  return {
    kind: 'tool',
    id,
    runId: run.id,
    name: typeof data.name === 'string' ? data.name : 'tool',
    args: isRecord(data.args) ? data.args : {},
    status: 'running',
    output: '',
    ...atOf(run),
  }
}

function stepCall(call: ToolItem, data: Readonly<Record<string, unknown>>): ToolItem {
  if (data.phase === 'start')
    return isRecord(data.args) ? { ...withDetails(call, data.details), args: data.args } : call
  const { partialResult, result } = data
  if (data.phase === 'update' && isRecord(partialResult)) {
    return { ...withDetails(call, partialResult.details), output: partsText(partialResult.content) }
  }
  if (data.phase !== 'result') return call
  const outcome = isRecord(result) ? result : { content: typeof result === 'string' ? result : '' }
  return withResult(call, outcome.content, outcome.details, data.isError === true)
}

function addPart(run: Run, part: Item): Run {
  return { ...run, parts: [...run.parts.map(closeThought), part], partStart: run.text.length }
}

function closedStatus(ending: Exclude<Ending, 'open'>): 'aborted' | 'completed' | 'interrupted' {
  if (ending === 'stopped') return 'aborted'
  return ending === 'done' || ending === 'cut' ? 'completed' : 'interrupted'
}

function closeThought(part: Item): Item {
  return part.kind === 'thought' && part.isOpen ? { ...part, isOpen: false } : part
}

/**
 * The run is over. `text` is its whole reply when the gateway repeats it: some repeat all that was said, some only what
 * was said after the last tool.
 */
export function endRun(run: Run, ending: Exclude<Ending, 'open'>, text?: string, problem?: string): Run {
  const settled = text === undefined ? run : settleText(run, text)
  const parts = settled.parts.map((part) => closePart(part, ending))
  const last = parts.findLastIndex((part) => part.kind === 'reply')
  const isLast = last >= 0 && last === parts.length - 1
  if (ending === 'done' ? last >= 0 : isLast) {
    parts[last] = { ...(parts[last] as ReplyItem), ending, ...(problem === undefined ? {} : { problem }) }
  } else if (ending !== 'done') {
    parts.push({
      kind: 'reply',
      id: partId(settled),
      runId: run.id,
      text: '',
      ending,
      ...(problem === undefined ? {} : { problem }),
    })
  }
  return { ...settled, phase: ending, parts }
}

function closePart(part: Item, ending: Exclude<Ending, 'open'>): Item {
  if (part.kind === 'reply' && part.ending === 'open') return { ...part, ending: 'done' }
  if (part.kind === 'tool' && part.status === 'running') {
    return { ...part, status: closedStatus(ending) }
  }
  return closeThought(part)
}

/** The last text part becomes what the final text says after the parts before it. */
function settleText(run: Run, text: string): Run {
  const replies = run.parts.filter((part) => part.kind === 'reply')
  const isLastText = run.parts.at(-1)?.kind === 'reply'
  const before = isLastText ? replies.slice(0, -1) : replies
  const rest =
    withoutPrefixes(
      text,
      before.map((part) => part.text),
    ) ?? text
  if (rest.trim() === '' || rest.trim() === replies.at(-1)?.text.trim()) return run
  const partStart = isLastText ? run.partStart : run.text.length
  return showText({ ...run, text: run.text.slice(0, partStart) + rest, partStart })
}

/** What follows the pieces, white space aside; undefined when the text does not begin with them. */
function withoutPrefixes(text: string, pieces: readonly string[]): string | undefined {
  let rest = text
  for (const piece of pieces) {
    const trimmed = piece.trim()
    const start = rest.trimStart()
    if (!start.startsWith(trimmed)) return undefined
    rest = start.slice(trimmed.length)
  }
  return rest.trimStart()
}

/**
 * Joins a run in its middle: `known` are the parts that history has, `text` all that was said so far. What history does
 * not have yet becomes the part that goes on growing.
 */
export function joinRun(run: Run, known: readonly Item[], text: string): Run {
  const isOpenText = known.at(-1)?.kind === 'reply'
  const closed = isOpenText ? known.slice(0, -1) : known
  const pieces = closed.filter((part) => part.kind === 'reply').map((part) => part.text)
  const rest = withoutPrefixes(text, pieces)
  const parts = rest === undefined ? closed.filter((part) => part.kind !== 'reply') : closed
  const tail = rest ?? text
  return showText({
    ...run,
    isWhole: false,
    hasGap: false,
    text,
    origin: 0,
    partStart: text.length - tail.length,
    parts: reopen(parts),
  })
}

function reopen(parts: readonly Item[]): Item[] {
  return parts.map((part) =>
    part.kind === 'tool' && part.status === 'interrupted' ? { ...part, status: 'running' } : part,
  )
}

const partId = (run: Run): string => `${run.id}.${run.parts.length}`
const atOf = (run: Run): { at?: number } => (run.startedAt === undefined ? {} : { at: run.startedAt })
