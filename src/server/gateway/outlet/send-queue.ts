/**
 * What one connection still has to be sent. While its socket takes bytes, frames pass straight through; while it does
 * not, deltas fold by run, so a reader who stops during a long answer still gets all of it and its end.
 */

import type { Outgoing } from './outgoing.ts'

/** Bytes the socket may hold before frames wait here, where they can still fold. */
export const highWaterBytes = 256 * 1024
/** Most that may wait; beyond it the reader is cut off as a slow consumer (requirement IN7). Advertised as `policy.maxBufferedBytes`. */
export const maxQueuedBytes = 8 * 1024 * 1024
/** Beyond this, droppable events are left out. */
const dropAboveBytes = maxQueuedBytes / 2

export type Sink = {
  send(text: string): void
  /** Bytes accepted by `send` and not yet taken by the system. */
  bufferedBytes(): number
}

type Waiting = { kind: 'text'; text: string; size: number } | WaitingEvent
type WaitingEvent = {
  kind: 'event'
  item: Outgoing
  position: number | undefined
  foldKey: string | undefined
  /** As counted when it was queued; serialising the item for someone else may change its own figure. */
  size: number
}

export class SendQueue {
  readonly #sink: Sink
  readonly #onOverflow: () => void
  readonly #onSequenced: (seq: number, position: number | undefined) => void
  #waiting: Waiting[] = []
  #head = 0
  #queuedBytes = 0
  #seq = 0
  #isClosed = false
  readonly #foldable = new Map<string, WaitingEvent>()

  /** `onSequenced` hears each number given and the ring position of its event, if it has one. */
  constructor(options: {
    sink: Sink
    onOverflow(): void
    onSequenced?(seq: number, position: number | undefined): void
  }) {
    this.#sink = options.sink
    this.#onOverflow = options.onOverflow
    this.#onSequenced = options.onSequenced ?? (() => {})
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get #isWaiting(): boolean {
    return this.#head < this.#waiting.length
  }

  /** A response: never folds, keeps its place among the events. */
  pushText(text: string): void {
    if (this.#isClosed) return
    if (!this.#isWaiting && this.#hasRoom()) this.#sink.send(text)
    else this.#enqueue({ kind: 'text', text, size: text.length })
  }

  push(item: Outgoing, position?: number): void {
    if (this.#isClosed) return
    if (!this.#isWaiting && this.#hasRoom()) this.#write(item, position)
    else this.#wait(item, position)
  }

  #wait(item: Outgoing, position: number | undefined): void {
    const foldKey = item.foldKey ?? (item.isState ? item.event : undefined)
    const earlier = foldKey === undefined ? undefined : this.#foldable.get(foldKey)
    if (earlier) {
      this.#fold(earlier, item)
      return
    }
    if (item.isDroppable && this.#queuedBytes > dropAboveBytes) return
    if (item.runId !== undefined && item.foldKey === undefined) this.#sealRun(item.runId)
    const entry: WaitingEvent = { kind: 'event', item, position, foldKey, size: item.size }
    if (foldKey !== undefined) this.#foldable.set(foldKey, entry)
    this.#enqueue(entry)
  }

  /** Call when the socket has room again. */
  drained(): void {
    while (this.#isWaiting && this.#hasRoom() && !this.#isClosed) {
      const entry = this.#waiting[this.#head++] as Waiting
      this.#queuedBytes -= entry.size
      if (entry.kind === 'text') this.#sink.send(entry.text)
      else this.#release(entry)
    }
    if (!this.#isWaiting) this.#reset()
  }

  #release(entry: WaitingEvent): void {
    const { foldKey } = entry
    if (foldKey !== undefined && this.#foldable.get(foldKey) === entry) this.#foldable.delete(foldKey)
    this.#write(entry.item, entry.position)
  }

  close(): void {
    this.#isClosed = true
    this.#foldable.clear()
    this.#reset()
  }

  #hasRoom(): boolean {
    return this.#sink.bufferedBytes() < highWaterBytes
  }

  /** Numbers are given at writing, so neither filtering nor folding leaves a gap. */
  #write(item: Outgoing, position: number | undefined): void {
    if (item.onlyTo !== undefined) {
      this.#sink.send(item.frame(undefined))
      return
    }
    const seq = ++this.#seq
    this.#onSequenced(seq, position)
    this.#sink.send(item.frame(seq))
  }

  /** The merged item keeps the earlier one's place and position: whoever resumes there misses nothing in between. */
  #fold(earlier: WaitingEvent, later: Outgoing): void {
    const before = earlier.size
    earlier.item = later.foldKey === undefined ? later : earlier.item.foldedWith(later)
    earlier.size = earlier.item.size
    this.#grow(earlier.size - before)
  }

  /** What comes after this must not slip in front of it by folding into an earlier delta of the run. */
  #sealRun(runId: string): void {
    for (const [key, entry] of this.#foldable) {
      if (entry.item.runId === runId) this.#foldable.delete(key)
    }
  }

  #enqueue(entry: Waiting): void {
    this.#waiting.push(entry)
    this.#grow(entry.size)
  }

  #grow(bytes: number): void {
    this.#queuedBytes += bytes
    if (this.#queuedBytes <= maxQueuedBytes) return
    this.close()
    this.#onOverflow()
  }

  #reset(): void {
    this.#waiting = []
    this.#head = 0
    this.#queuedBytes = 0
  }
}
