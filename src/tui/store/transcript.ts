/**
 * One conversation on screen: `base` is the last history the gateway gave, `live` is every run seen since. History that
 * comes later swallows the runs it holds, so nothing is ever shown twice, in whatever order news and history arrive.
 */

import type { RunSnapshot } from '../../shared/protocol/reattach.ts'
import type { HistoryMessage } from '../gateway/port.ts'
import { historyItems } from './history.ts'
import type { Item, QuestionItem } from './item.ts'
import {
  addText,
  addThought,
  addTool,
  endRun,
  isOver,
  isSilent,
  joinRun,
  newRun,
  type Run,
  type RunPhase,
} from './run.ts'

export type Transcript = {
  readonly key: string
  readonly sessionId?: string
  /** Where `base` comes from; `cache` is marked on screen until the gateway has spoken. */
  readonly source: 'none' | 'cache' | 'gateway'
  /** When it was kept, while it comes from the cache. */
  readonly savedAt?: number
  /** History is to be fetched again: something may be missing. */
  readonly isStale: boolean
  readonly base: readonly Item[]
  /** Begun runs in the order they began, then waiting ones in the order they were asked. */
  readonly live: readonly Run[]
}

export const emptyTranscript = (key: string): Transcript => ({
  key,
  source: 'none',
  isStale: true,
  base: [],
  live: [],
})

/** A message was written here. It waits until its run begins, before those not sent yet that were written later. */
export function ask(transcript: Transcript, runId: string, text: string, at: number): Transcript {
  if (transcript.live.some((run) => run.id === runId)) return transcript
  const question: QuestionItem = { kind: 'question', id: `${runId}.q`, runId, text, delivery: 'unsent', at }
  const isLater = (run: Run) =>
    run.phase === 'waiting' && run.question?.delivery === 'unsent' && (run.question.at ?? 0) > at
  const later = transcript.live.findIndex(isLater)
  const place = later < 0 ? transcript.live.length : later
  return { ...transcript, live: transcript.live.toSpliced(place, 0, newRun(runId, 'waiting', question)) }
}

/** What became of a message: on the gateway's disk, or refused and why. */
export function settleQuestion(transcript: Transcript, runId: string, problem?: string): Transcript {
  return changeRun(transcript, runId, (run) => {
    if (!run.question) return run
    if (problem === undefined) return { ...run, question: { ...run.question, delivery: 'sent' } }
    const question: QuestionItem = { ...run.question, delivery: 'refused', problem }
    return { ...run, phase: run.phase === 'waiting' ? 'done' : run.phase, question }
  })
}

/** The run ended without us hearing it: the history tells how. */
export function miss(transcript: Transcript, runId: string): Transcript {
  const missed = changeRun(transcript, runId, (run) => (isOver(run) ? run : { ...run, phase: 'lost' }))
  return missed === transcript ? transcript : { ...missed, isStale: true }
}

/**
 * The message was taken back before anything of its answer was heard, or after it was refused. What is still told of its run
 * is told of one that is over.
 */
export function withdraw(transcript: Transcript, runId: string): Transcript {
  const isOut = (run: Run) =>
    run.phase === 'waiting' || run.question?.delivery === 'refused' || (run.phase === 'stopped' && isSilent(run))
  return changeRun(transcript, runId, (run) => (isOut(run) ? newRun(runId, 'stopped') : run))
}

/** News of a run, as `feed.ts` reads them from the wire. */
export type RunNews =
  | { type: 'started' }
  | { type: 'text'; text: string; offset?: number; replace: boolean }
  | { type: 'thought'; data: Readonly<Record<string, unknown>> }
  | { type: 'tool'; data: Readonly<Record<string, unknown>> }
  | { type: 'ended'; ending: 'done' | 'cut' | 'stopped' | 'failed'; text?: string; problem?: string }

/**
 * Applies news, heard `at` this time of our clock. A run that is over hears nothing more; one that nobody asked here makes
 * the history stale.
 */
export function hear(transcript: Transcript, runId: string, news: RunNews, at?: number): Transcript {
  const known = runOf(transcript, runId)
  if (known && isOver(known) && known.phase !== 'lost') return transcript
  const opened = known ? begin(transcript, known, at) : open(transcript, runId, at)
  const next = changeRun(opened, runId, (run) => step(run, news))
  const hasNewGap = runOf(next, runId)?.hasGap === true && known?.hasGap !== true
  const isForeignEnd = news.type === 'ended' && known?.question === undefined
  return hasNewGap || isForeignEnd ? { ...next, isStale: true } : next
}

const runOf = (transcript: Transcript, runId: string): Run | undefined =>
  transcript.live.find((run) => run.id === runId)

function step(run: Run, news: RunNews): Run {
  switch (news.type) {
    case 'started':
      return run
    case 'text':
      return addText(run, news.text, news.offset, news.replace)
    case 'thought':
      return addThought(run, news.data)
    case 'tool':
      return addTool(run, news.data)
    case 'ended':
      return endRun(run, news.ending, news.text, news.problem)
  }
}

function open(transcript: Transcript, runId: string, at: number | undefined): Transcript {
  const run: Run = { ...newRun(runId), ...(at === undefined ? {} : { startedAt: at }) }
  return { ...transcript, isStale: true, live: inOrder([...transcript.live, run]) }
}

/** A waiting run begins: its question takes its place after all that began before. */
function begin(transcript: Transcript, run: Run, at: number | undefined): Transcript {
  if (run.phase === 'running') return transcript
  const question = run.question && { ...run.question, delivery: 'sent' as const }
  const begun: Run = {
    ...run,
    phase: 'running',
    ...(question ? { question } : {}),
    ...(at === undefined ? {} : { startedAt: at }),
  }
  const others = transcript.live.filter((other) => other !== run)
  const waiting = others.findIndex((other) => other.phase === 'waiting')
  return { ...transcript, live: waiting < 0 ? [...others, begun] : others.toSpliced(waiting, 0, begun) }
}

function inOrder(live: readonly Run[]): Run[] {
  return [...live.filter((run) => run.phase !== 'waiting'), ...live.filter((run) => run.phase === 'waiting')]
}

function changeRun(transcript: Transcript, runId: string, change: (run: Run) => Run): Transcript {
  const index = transcript.live.findIndex((run) => run.id === runId)
  const run = transcript.live[index]
  if (!run) return transcript
  const next = change(run)
  return next === run ? transcript : { ...transcript, live: transcript.live.with(index, next) }
}

/**
 * The flow of events began anew and something may be missing. `runs` are the replies being written; where the gateway
 * tells them, a run it does not name has ended without us.
 */
export function rejoin(transcript: Transcript, runs: readonly RunSnapshot[], tellsRuns: boolean): Transcript {
  let next: Transcript = {
    ...transcript,
    isStale: true,
    live: transcript.live.map((run) => loseUntold(run, runs, tellsRuns)),
  }
  for (const { runId, text, queued, startedAt } of runs) {
    const phase: RunPhase = queued ? 'waiting' : 'running'
    if (!next.live.some((run) => run.id === runId)) {
      const run: Run = { ...newRun(runId, phase), isWhole: false, startedAt }
      next = { ...next, live: inOrder([...next.live, run]) }
    }
    if (!queued) next = changeRun(next, runId, (run) => catchUp({ ...run, phase: 'running', startedAt }, text))
  }
  return { ...next, live: inOrder(next.live) }
}

function loseUntold(run: Run, runs: readonly RunSnapshot[], tellsRuns: boolean): Run {
  const isTold = runs.some(({ runId }) => runId === run.id)
  const isUnsent = run.question?.delivery === 'unsent'
  return tellsRuns && !isTold && !isOver(run) && !isUnsent ? { ...run, phase: 'lost' } : run
}

/** What was said while we were away. Tools called meanwhile are known to the history only, so the run is not whole. */
function catchUp(run: Run, text: string): Run {
  return joinRun(run, run.parts, text)
}

/** The gateway's history. Runs that it holds leave `live`; those still going keep what they have beyond it. */
export function setHistory(
  transcript: Transcript,
  messages: readonly HistoryMessage[],
  sessionId: string | undefined,
  source: 'cache' | 'gateway',
): Transcript {
  const isNewSession =
    sessionId !== undefined && transcript.sessionId !== undefined && sessionId !== transcript.sessionId
  const items = historyItems(messages)
  const kept = isNewSession ? transcript.live.filter((run) => !isOver(run)) : transcript.live
  const taken = new Set<Item>()
  const live = kept.flatMap((run) => mergeRun(run, findRun(items, run, taken), taken))
  return {
    key: transcript.key,
    source,
    isStale: transcript.isStale,
    base: items.filter((item) => !taken.has(item)),
    live: inOrder(live),
    ...(sessionId === undefined ? {} : { sessionId }),
  }
}

/** What a history holds of a run. */
type Found = { question: QuestionItem | undefined; answer: readonly Item[]; isByText: boolean }

/** By run id; where no message has one, a question is known by its text, newest first. */
function findRun(items: readonly Item[], run: Run, taken: ReadonlySet<Item>): Found {
  const own = items.filter((item) => item.runId === run.id)
  if (own.length > 0 || items.some((item) => item.runId !== undefined)) {
    const question = own.find((item) => item.kind === 'question')
    return { question, answer: own.filter((item) => item !== question), isByText: false }
  }
  return findByText(items, run, taken)
}

function findByText(items: readonly Item[], run: Run, taken: ReadonlySet<Item>): Found {
  const text = run.question?.text.trim()
  const isIt = (item: Item) =>
    item.kind === 'question' && !taken.has(item) && item.text.trim() === text && isRecent(item, run)
  const at = text === undefined ? -1 : items.findLastIndex(isIt)
  const start = at < 0 ? lastQuestion(items) : at
  const rest = items.slice(start + 1)
  const end = rest.findIndex((item) => item.kind === 'question')
  const answer = end < 0 ? rest : rest.slice(0, end)
  if (at >= 0) return { question: items[at] as QuestionItem, answer, isByText: true }
  const isSame = run.question === undefined && saysSame(answer, run)
  return { question: undefined, answer: isSame ? answer : [], isByText: true }
}

/** Clocks of two machines may differ by a few minutes. */
const clockSkewMs = 300_000

function isRecent(item: Item, run: Run): boolean {
  const asked = run.question?.at
  return item.at === undefined || asked === undefined || item.at >= asked - clockSkewMs
}

function lastQuestion(items: readonly Item[]): number {
  return items.findLastIndex((item) => item.kind === 'question')
}

function saysSame(answer: readonly Item[], run: Run): boolean {
  const said = (items: readonly Item[]) => items.findLast((item) => item.kind === 'reply')?.text.trim()
  const text = said(run.parts)
  return text !== undefined && said(answer) === text
}

function mergeRun(run: Run, found: Found, taken: Set<Item>): Run[] {
  if (isOver(run)) return mergeEnded(run, found, taken)
  const question = found.question ? { ...found.question, id: `${run.id}.q`, runId: run.id } : run.question
  const own = question ? { ...run, question } : run
  if (found.question) taken.add(found.question)
  for (const item of found.answer) taken.add(item)
  if (run.isWhole || found.answer.length === 0) return [own]
  return [joinRun(own, found.answer, run.text)]
}

/** Dropped when history has its answer. One that is lost and has none was interrupted. */
function mergeEnded(run: Run, found: Found, taken: Set<Item>): Run[] {
  const hasAnswer = found.answer.some((item) => item.kind === 'reply' || item.kind === 'tool')
  const needsNone = run.parts.length === 0 && run.phase !== 'lost' && run.question?.delivery !== 'refused'
  if (hasAnswer || (needsNone && found.question)) return []
  const question = found.question ?? run.question
  if (found.question) taken.add(found.question)
  const kept = question ? { ...run, question } : run
  if (run.phase !== 'lost') return [kept]
  return kept.parts.length === 0 && !kept.question ? [] : [endRun(kept, 'interrupted')]
}

/** Of a conversation nobody has looked at only what is going on is kept; its history tells the rest when it is opened. */
export function onlyCurrent(transcript: Transcript): Transcript {
  if (transcript.source !== 'none' || !transcript.live.some(isOver)) return transcript
  return { ...transcript, live: transcript.live.filter((run) => !isOver(run)) }
}

/** The conversation was reset: nothing said before belongs to it. What was not sent yet still does. */
export function clearTranscript(transcript: Transcript): Transcript {
  const live = transcript.live.filter((run) => run.phase === 'waiting' && run.question?.delivery === 'unsent')
  return { key: transcript.key, source: transcript.source, isStale: true, base: [], live }
}

/** The run being answered now, if any. */
export function runningRun(transcript: Transcript): Run | undefined {
  return transcript.live.find((run) => run.phase === 'running')
}

/** Questions that wait: behind a running reply, or for the connection. The others show in their place. */
export function waitingQuestions(transcript: Transcript, isLive: boolean): readonly QuestionItem[] {
  const isBusy = runningRun(transcript) !== undefined
  return transcript.live.flatMap((run, index) => {
    if (run.phase !== 'waiting' || !run.question) return []
    const isFirst = index === transcript.live.findIndex(({ phase }) => phase === 'waiting')
    return isBusy || !isFirst || (!isLive && run.question.delivery === 'unsent') ? [run.question] : []
  })
}

const shown = new WeakMap<Run, readonly Item[]>()

function runItems(run: Run): readonly Item[] {
  const found = shown.get(run)
  if (found) return found
  const items = run.question ? [run.question, ...run.parts] : run.parts
  shown.set(run, items)
  return items
}

/** Everything that shows, oldest first; questions that wait are left to the composer. */
export function visibleItems(transcript: Transcript, isLive: boolean): readonly Item[] {
  if (transcript.live.length === 0) return transcript.base
  const waiting = new Set(waitingQuestions(transcript, isLive).map(({ id }) => id))
  const live = transcript.live.flatMap((run) => (run.question && waiting.has(run.question.id) ? [] : runItems(run)))
  return [...transcript.base, ...live]
}
