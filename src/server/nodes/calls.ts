/** Asking nodes: one call under one key, written down, and nothing believed that was not asked for (EX13, PA9). */

import type { ParsedParams } from '../../shared/protocol/table.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import type { Peer } from '../gateway/context.ts'
import {
  defaultInvokeMs,
  Invocations,
  type NodeAnswer,
  type NodeResult,
  notConnected,
  type ProgressPiece,
  type Verdict,
} from './invocations.ts'
import { KnownCalls } from './known-calls.ts'
import type { NodeRoster } from './roster.ts'

export type CallsParts = {
  roster: NodeRoster
  clock: Clock
  bus: Bus
  /** Writes it down in the audit log. */
  note(what: string, facts: Readonly<Record<string, unknown>>): void
  /** Told of what a node said that does not count. */
  dropped(nodeId: string, facts: Readonly<Record<string, unknown>>): void
}

export type Invoke = {
  nodeId: string
  command: string
  params?: unknown
  timeoutMs?: number | undefined
  idempotencyKey: string
  /** Who asks, as the audit log names it; keys of different callers never meet. */
  by: string
  /** Ends with whoever asks; others may wait for the same call. */
  signal?: AbortSignal | undefined
  onProgress?: ((piece: ProgressPiece) => void) | undefined
}

export class NodeCalls {
  readonly #parts: CallsParts
  readonly #calls: KnownCalls
  readonly #invocations: Invocations

  constructor(parts: CallsParts) {
    const { clock, bus } = parts
    this.#parts = parts
    this.#calls = new KnownCalls(clock)
    this.#invocations = new Invocations({
      clock,
      request: (onlyTo, payload) => bus.publish({ type: 'wire', event: 'node.invoke.request', payload, onlyTo }),
      cancel: (onlyTo, payload) => bus.publish({ type: 'wire', event: 'node.invoke.cancel', payload, onlyTo }),
    })
  }

  /** The connection is gone, and with it every answer it owed. */
  lost(connId: string): void {
    this.#invocations.lost(connId)
  }

  /** Rejects with a `CallError`. */
  async invoke(invoke: Invoke): Promise<NodeAnswer> {
    const { nodeId, command, params } = invoke
    return await this.once(invoke, [command, nodeId, params], (signal) => this.ask({ ...invoke, signal }))
  }

  /** What was done under that key by that caller, or is done now. `of` says what, to the last word. */
  async once(
    { by, idempotencyKey, signal }: Pick<Invoke, 'by' | 'idempotencyKey' | 'signal'>,
    of: readonly unknown[],
    start: (signal: AbortSignal) => Promise<NodeAnswer>,
  ): Promise<NodeAnswer> {
    const key = JSON.stringify([by, idempotencyKey])
    return await this.#calls.once({ key, of: JSON.stringify(of), signal }, start)
  }

  /** What a node answers. Anything but `accepted` is dropped and written down (EX13, PA9). */
  answered(peer: Peer, nodeId: string, id: string, result: NodeResult): boolean {
    this.#requireOwn(peer, nodeId, { what: 'result', id })
    return this.#isAccepted(peer, { what: 'result', id }, this.#invocations.answer(peer.connId, id, result))
  }

  progressed(peer: Peer, progress: ParsedParams<'node.invoke.progress'>): boolean {
    const { nodeId, invokeId: id, seq, ...piece } = progress
    this.#requireOwn(peer, nodeId, { what: 'progress', id })
    return this.#isAccepted(peer, { what: 'progress', id }, this.#invocations.progress(peer.connId, id, seq, piece))
  }

  /** A report about a command: true when it is one that this connection was asked to run. */
  reported(peer: Peer, event: string, runId: string | undefined): boolean {
    if (runId !== undefined && this.#invocations.wasAsked(peer.connId, runId)) return true
    this.#drop(peer, { what: 'event', event, id: runId, why: 'not asked of this node' })
    return false
  }

  /** Without looking whether it is a repetition. Rejects with a `CallError`. */
  async ask({ nodeId, command, params, timeoutMs, idempotencyKey, by, signal, onProgress }: Invoke) {
    const refused = this.#parts.roster.refusal(nodeId, command)
    if (refused) throw refused
    const connection = this.#parts.roster.connectionOf(nodeId)
    if (!connection) throw notConnected()
    const { connId } = connection.peer
    const limitMs = timeoutMs === undefined || timeoutMs === 0 ? defaultInvokeMs : timeoutMs
    const facts = {
      where: `node ${this.#parts.roster.nameOf(nodeId)}`,
      nodeId,
      command,
      ...shownParams(command, params),
      by,
    }
    try {
      const asking = { nodeId, connId, command, params, timeoutMs: limitMs, idempotencyKey, signal, onProgress }
      const answer = await this.#invocations.ask(asking)
      this.#parts.note('node.invoked', { ...facts, ok: true })
      return answer
    } catch (error) {
      const why = error instanceof CallError ? error.message : 'failed'
      this.#parts.note('node.invoked', { ...facts, ok: false, why })
      throw error
    }
  }

  #requireOwn(peer: Peer, nodeId: string, facts: Record<string, unknown>): void {
    if (nodeId === peer.deviceId) return
    this.#drop(peer, { ...facts, why: 'speaks for another node' })
    throw invalidRequest('nodeId mismatch')
  }

  #isAccepted(peer: Peer, facts: Record<string, unknown>, verdict: Verdict): boolean {
    if (verdict !== 'accepted') this.#drop(peer, { ...facts, why: verdict })
    return verdict === 'accepted'
  }

  #drop(peer: Peer, facts: Record<string, unknown>): void {
    const nodeId = peer.deviceId ?? peer.connId
    this.#parts.dropped(nodeId, { node: this.#parts.roster.nameOf(nodeId), ...facts })
  }
}

/** Of a command that runs a program, the program; of others nothing, as params may hold anything. */
function shownParams(command: string, params: unknown): Record<string, unknown> {
  if (command !== 'system.run') return {}
  const { command: argv, cwd } = params as { command?: unknown; cwd?: unknown }
  return { argv, cwd }
}
