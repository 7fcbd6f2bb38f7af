/** One run as it is told: its text so far, its counter, and when each dialect hears the next piece (section 9). */

import type { AgentPayload } from '../../../shared/protocol/agent.ts'
import type { RunSnapshot } from '../../../shared/protocol/reattach.ts'
import type { Clock } from '../../../shared/std/clock.ts'
import { Pacer } from '../../../shared/std/pacer.ts'
import type { RunNews, RunRef } from '../../bus.ts'
import type { Dialect } from './dialect.ts'
import type { Outgoing } from './outgoing.ts'
import {
  chatItem,
  finalMessage,
  lifecycleItem,
  type Moment,
  partItem,
  speaksProtocol,
  thinkingItem,
  toolItem,
  wholeTextItems,
} from './run-items.ts'

/** Milliseconds between deltas of a run (section 3). Ours are small, so they may come with every drawn frame. */
const paceMs: Record<Dialect, number> = { v3: 150, v4: 75, offset: 16 }
/**
 * Cumulative deltas repeat the text, so they must get rarer as it grows: the whole text goes out at most at this rate,
 * in characters per millisecond. A text of 20,000 characters is then repeated once a second, not seven times.
 */
const cumulativeRate = 20
const thinkingPaceMs = 30
/**
 * The final carries the whole text, so a last delta before it tells protocol 4 nothing new; for a text longer than this,
 * in characters, it would be the same tens of kilobytes twice more for every listener.
 */
const longText = 8_000

type Ended = Extract<RunNews, { type: 'run.ended' }>

export type VoiceOptions = {
  run: RunRef
  clock: Clock
  emit(item: Outgoing): void
  /** Whether anybody who speaks that dialect listens; text nobody would hear is not serialised. */
  wants(dialect: Dialect): boolean
}

export class RunVoice {
  readonly #options: VoiceOptions
  readonly #pacers: Record<Dialect | 'thinking', Pacer>
  /**
   * What each has not been told yet. Collected piece by piece: slicing it off the whole text would copy, and keep
   * alive, the whole text for every delta.
   */
  readonly #untold: Record<Dialect | 'thinking', string> = { v3: '', v4: '', offset: '', thinking: '' }
  #text = ''
  #thinking = ''
  #seq = 0
  #startedAt: number | undefined
  #isQueued = false

  constructor(options: VoiceOptions) {
    this.#options = options
    const { clock } = options
    const cumulative = (dialect: 'v3' | 'v4') =>
      new Pacer({
        clock,
        emit: () => this.#tellWhole(dialect),
        intervalMs: () => Math.max(paceMs[dialect], this.#text.length / cumulativeRate),
      })
    this.#pacers = {
      v3: cumulative('v3'),
      v4: cumulative('v4'),
      offset: new Pacer({ clock, emit: () => this.#tellPart(), intervalMs: () => paceMs.offset }),
      thinking: new Pacer({ clock, emit: () => this.#tellThinking(), intervalMs: () => thinkingPaceMs }),
    }
  }

  snapshot(): RunSnapshot {
    const { runId, sessionKey } = this.#options.run
    return {
      runId,
      sessionKey,
      text: this.#text,
      ...(this.#thinking !== '' && { thinking: this.#thinking }),
      startedAt: this.#startedAt ?? this.#options.clock.now(),
      ...(this.#isQueued && { queued: true }),
    }
  }

  queued(): void {
    this.#isQueued = true
    this.#emit(chatItem(this.#moment(), { state: 'status', phase: 'queued' }, speaksProtocol(4)))
  }

  started(startedAt: number): void {
    this.#isQueued = false
    this.#startedAt = startedAt
    this.#seq++
    this.#emit(lifecycleItem(this.#moment(), { phase: 'start', startedAt }))
  }

  /** `offset` is where the piece belongs; what is known already is skipped. */
  text(offset: number, piece: string): void {
    const fresh = piece.slice(Math.max(0, this.#text.length - offset))
    if (fresh === '') return
    this.#pacers.thinking.flush()
    this.#text += fresh
    for (const dialect of ['v3', 'v4', 'offset'] as const) this.#untold[dialect] += fresh
    this.#seq++
    this.#pacers.offset.poke()
    if (this.#options.wants('v3')) this.#pacers.v3.poke()
    if (this.#options.wants('v4')) this.#pacers.v4.poke()
  }

  thinking(offset: number, piece: string): void {
    const fresh = piece.slice(Math.max(0, this.#thinking.length - offset))
    if (fresh === '') return
    this.#pacers.offset.flush()
    this.#thinking += fresh
    this.#untold.thinking += fresh
    this.#seq++
    this.#pacers.thinking.poke()
  }

  tool(data: AgentPayload['data'], isVerbose: boolean): void {
    this.#flush(['thinking', 'offset', 'v3', 'v4'])
    this.#seq++
    this.#emit(toolItem(this.#moment(), data, isVerbose))
  }

  /** Order: what is left of the text, `agent` lifecycle, then `chat`. An abort has no lifecycle (section 9.2). */
  ended(news: Ended): void {
    const finalTellsAll = news.state === 'final' && this.#text.length > longText
    this.#flush(finalTellsAll ? ['thinking', 'offset'] : ['thinking', 'offset', 'v4'])
    for (const pacer of Object.values(this.#pacers)) pacer.stop()
    this.#seq++
    if (news.state === 'final') this.#finished(news)
    else if (news.state === 'error') this.#failed(news)
    else this.#aborted(news)
  }

  #finished({ startedAt, endedAt, message, usage, stopReason }: Ended): void {
    const moment = this.#moment()
    if (this.#startedAt !== undefined) this.#emit(lifecycleItem(moment, { phase: 'end', startedAt, endedAt }))
    const fields = { state: 'final', ...finalMessage(message), ...(usage && { usage }) }
    this.#emit(chatItem(moment, fields, speaksProtocol(3)))
    const withReason = stopReason === undefined ? fields : { ...fields, stopReason }
    this.#emit(chatItem(moment, withReason, speaksProtocol(4)))
  }

  #failed({ endedAt, errorMessage = 'The run failed.' }: Ended): void {
    const moment = this.#moment()
    const data = { phase: 'error', error: errorMessage, endedAt }
    if (this.#startedAt !== undefined) this.#emit(lifecycleItem(moment, data))
    this.#emit(chatItem(moment, { state: 'error', errorMessage }))
  }

  #aborted({ message, stopReason = 'rpc' }: Ended): void {
    const fields = { state: 'aborted', stopReason }
    this.#emit(chatItem(this.#moment(), fields, speaksProtocol(3)))
    this.#emit(chatItem(this.#moment(), { ...fields, ...finalMessage(message) }, speaksProtocol(4)))
  }

  #tellWhole(dialect: 'v3' | 'v4'): void {
    const items = wholeTextItems(this.#moment(), dialect, this.#text, this.#take(dialect))
    for (const item of items) this.#emit(item)
  }

  #tellPart(): void {
    const part = this.#take('offset')
    this.#emit(partItem(this.#moment(), this.#text.length - part.length, part))
  }

  #tellThinking(): void {
    const part = this.#take('thinking')
    this.#emit(thinkingItem(this.#moment(), this.#thinking.length - part.length, part))
  }

  #take(name: Dialect | 'thinking'): string {
    const part = this.#untold[name]
    this.#untold[name] = ''
    return part
  }

  #flush(pacers: (Dialect | 'thinking')[]): void {
    for (const name of pacers) this.#pacers[name].flush()
  }

  #emit(item: Outgoing): void {
    this.#options.emit(item)
  }

  #moment(): Moment {
    return { run: this.#options.run, seq: this.#seq, ts: this.#options.clock.now() }
  }
}
