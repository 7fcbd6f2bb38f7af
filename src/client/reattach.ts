/**
 * Nothing lost, nothing doubled: remembers where the flow of events stands, asks a new connection to go on from there,
 * and turns every gateway's way of streaming text into one: `deltaText` at `offset`. Pure.
 */

import { messageText } from '../shared/model/message.ts'
import type { ChatPayload } from '../shared/protocol/chat.ts'
import type { HelloOk } from '../shared/protocol/connect.ts'
import type { Params, Result } from '../shared/protocol/table.ts'
import type { GatewayEvent } from '../shared/rpc/client.ts'
import type { Attachment } from './connection-api.ts'

/** Replies followed at a time; the oldest is forgotten beyond that, and simply starts over when it speaks again. */
const maxRuns = 256

/** What is known of a reply being written. `text` only for gateways that repeat it whole. */
type RunText = { length: number; text: string | undefined }

export type Accepted = {
  /** The event as the screen should see it; undefined when it holds nothing new. */
  readonly event: GatewayEvent | undefined
  /** Something before it was lost: the open session must be fetched again. */
  readonly isGap: boolean
}

export class EventFlow {
  #position: { connId: string; seq: number } | undefined
  #connId = ''
  #lastSeq: number | undefined
  #isOurs = false
  #wasLive = false
  readonly #runs = new Map<string, RunText>()

  /** A new connection was greeted. Returns the params of `reattach`, or undefined when this gateway has no such thing. */
  begin(hello: HelloOk): Params<'reattach'> | undefined {
    this.#isOurs = hello.features.methods.includes('reattach') && hello.auth?.role !== 'node'
    this.#connId = hello.server.connId
    this.#lastSeq = undefined
    if (!this.#isOurs) return undefined
    return this.#position ? { from: this.#position } : {}
  }

  /** The gateway answered `reattach`; or it cannot, and `answer` is undefined. */
  attached(answer: Result<'reattach'> | undefined): Attachment {
    const isFirst = !this.#wasLive
    this.#wasLive = true
    if (this.#isOurs && answer) this.#position = { connId: this.#connId, seq: this.#lastSeq ?? 0 }
    const replayed = answer?.replayed ?? 0
    if (answer?.status === 'resumed') return { kind: 'resumed', replayed, runs: [] }
    this.#runs.clear()
    for (const run of answer?.runs ?? []) this.#remember(run.runId, { length: run.text.length, text: undefined })
    return { kind: isFirst ? 'fresh' : 'resync', replayed, runs: answer?.runs ?? [] }
  }

  /** Takes one event of the current connection. */
  accept(event: GatewayEvent): Accepted {
    const isGap = this.#count(event.seq)
    if (isGap) this.#runs.clear()
    if (event.name !== 'chat') return { event, isGap }
    const { payload } = event
    if (payload.state !== 'delta') {
      if (payload.state !== 'status') this.#runs.delete(payload.runId)
      return { event, isGap }
    }
    const delta =
      payload.offset === undefined ? this.#fromCumulative(payload) : this.#fromOffset(payload, payload.offset)
    if (delta === 'hole') return { event: undefined, isGap: true }
    return { event: delta && { ...event, payload: { ...payload, ...delta } }, isGap }
  }

  /** Numbers run without holes on one connection; the first one seen may be any (section 2.4). */
  #count(seq: number | undefined): boolean {
    if (seq === undefined) return false
    const isGap = this.#lastSeq !== undefined && seq > this.#lastSeq + 1
    this.#lastSeq = seq
    // Only now is it certain that the gateway took the request to go on from the earlier connection.
    if (this.#isOurs) this.#position = { connId: this.#connId, seq }
    return isGap
  }

  /** Our gateway says where a piece belongs: what is already there is cut off. */
  #fromOffset(payload: ChatPayload, offset: number): Delta | 'hole' | undefined {
    const text = payload.deltaText ?? ''
    const known = payload.replace ? 0 : (this.#runs.get(payload.runId)?.length ?? 0)
    if (offset > known) return 'hole'
    const deltaText = text.slice(known - offset)
    this.#remember(payload.runId, { length: Math.max(known, offset + text.length), text: undefined })
    if (deltaText === '' && !payload.replace) return undefined
    return { offset: known, deltaText, replace: payload.replace ?? false }
  }

  /** Others repeat the whole text, or (protocol 4 without `message`) send only the new piece. */
  #fromCumulative(payload: ChatPayload): Delta {
    const known = this.#runs.get(payload.runId)
    const before = known?.text ?? ''
    const { message } = payload
    const whole = message && 'content' in message ? messageText(message.content as never) : undefined
    const text = whole ?? (payload.replace ? (payload.deltaText ?? '') : before + (payload.deltaText ?? ''))
    this.#remember(payload.runId, { length: text.length, text })
    if (known && text.startsWith(before)) {
      return { offset: before.length, deltaText: text.slice(before.length), replace: false }
    }
    return { offset: 0, deltaText: text, replace: true }
  }

  #remember(runId: string, run: RunText): void {
    this.#runs.delete(runId)
    this.#runs.set(runId, run)
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= maxRuns) break
      this.#runs.delete(oldest)
    }
  }
}

type Delta = { offset: number; deltaText: string; replace: boolean }
