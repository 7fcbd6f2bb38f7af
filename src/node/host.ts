/** The node at work: connected to one gateway, answering what it is asked, until the signal ends it. */

import type { Connection } from '../client/connection-api.ts'
import type { Fault } from '../shared/fault.ts'
import type { Payload } from '../shared/protocol/table.ts'
import { BoundedMap } from '../shared/std/bounded-map.ts'
import type { Clock } from '../shared/std/clock.ts'
import { isRecord, parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import { deadline } from '../shared/std/signal.ts'
import type { Machine, NodeCommand } from './node-command.ts'
import { Refusal } from './node-command.ts'
import { ProgressTeller } from './progress.ts'

export type NodeNews =
  | { readonly kind: 'asked'; readonly command: string; readonly text: string }
  | { readonly kind: 'answered'; readonly command: string; readonly error: string | undefined; readonly tookMs: number }

export type HostParts = {
  connection: Connection
  commands: readonly NodeCommand[]
  machine: Machine
  clock: Clock
  /** The gateway's name, as people here know it. */
  gateway: string
  onNews(news: NodeNews): void
}

type Request = Payload<'node.invoke.request'>
type Outcome = { ok: true; payload: unknown } | { ok: false; error: { code: string; message: string } }

/** A gateway that asks again within this time, after a break, gets the same answer. */
const keptMs = 5 * 60_000
const defaultMs = 30_000
/** How long the gateway gets to take an answer, pictures included. */
const answerMs = 60_000

export class NodeHost implements Disposable {
  readonly #parts: HostParts
  readonly #byName: ReadonlyMap<string, NodeCommand>
  readonly #known: BoundedMap<string, Promise<Outcome>>
  readonly #running = new Map<string, AbortController>()
  readonly #stops: (() => void)[]

  constructor(parts: HostParts) {
    const { connection, commands, clock } = parts
    this.#parts = parts
    this.#byName = new Map(commands.map((command) => [command.name, command]))
    this.#known = new BoundedMap({ limit: 1000, ttlMs: keptMs, clock })
    this.#stops = [
      connection.events((event) => {
        if (event.name === 'node.invoke.request') void this.#serve(event.payload)
        if (event.name === 'node.invoke.cancel') this.#running.get(event.payload.invokeId)?.abort()
      }),
      connection.subscribe(() => {
        if (connection.view.phase !== 'live') this.#stopAll()
      }),
    ]
  }

  /** Ends what runs: nobody would hear its answer. */
  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop()
    this.#stopAll()
  }

  #stopAll(): void {
    for (const running of this.#running.values()) running.abort()
  }

  async #serve(request: Request): Promise<void> {
    const { connection } = this.#parts
    const { id, nodeId, idempotencyKey } = request
    // The same key is the same call only with the same words: a gateway cannot take back what was asked under it.
    const key = idempotencyKey && JSON.stringify([idempotencyKey, request.command, withoutRunId(request.paramsJSON)])
    const known = key === undefined ? undefined : this.#known.get(key)
    const outcome = known ?? this.#run(request)
    if (key !== undefined && !known) this.#known.set(key, outcome)
    const answer = await outcome
    const result = answer.ok ? { ok: true, payloadJSON: JSON.stringify(answer.payload ?? null) } : answer
    // A break meanwhile: the gateway has given the call up already.
    await connection.call('node.invoke.result', { id, nodeId, ...result }, { timeoutMs: answerMs }).catch(() => {})
  }

  async #run(request: Request): Promise<Outcome> {
    const { clock, onNews } = this.#parts
    const { id, command, paramsJSON } = request
    const stop = new AbortController()
    this.#running.set(id, stop)
    onNews({ kind: 'asked', command, text: shownParams(paramsJSON) })
    const startedAt = clock.monotonic()
    const outcome = await this.#outcomeOf(request, stop.signal)
    this.#running.delete(id)
    const tookMs = clock.monotonic() - startedAt
    onNews({ kind: 'answered', command, tookMs, error: outcome.ok ? undefined : outcome.error.message })
    return outcome
  }

  async #outcomeOf({ id, nodeId, command, paramsJSON, timeoutMs }: Request, stop: AbortSignal): Promise<Outcome> {
    const { connection, machine, clock, gateway } = this.#parts
    const known = this.#byName.get(command)
    if (!known) return failed('UNAVAILABLE', `this node does not offer ${command.slice(0, 128)}`)
    const json = parseJson(paramsJSON ?? '{}')
    const params = readAs(known.params, json.ok ? json.value : undefined)
    if (!params.success) return failed('INVALID_REQUEST', `wrong params for ${command}: ${problem(params.error)}`)
    const tell = (seq: number, piece: { chunk: string; isAsking?: boolean }) =>
      connection.call('node.invoke.progress', { invokeId: id, nodeId, seq, ...piece })
    // Another gateway takes no fields that its schema does not name.
    const takesPlaces = connection.view.hello?.features.events?.includes('node.invoke.output') === true
    const progress = new ProgressTeller(clock, ({ chunk, ...place }, seq) =>
      tell(seq, { chunk, ...(takesPlaces && place) }),
    )
    const onAsking = () => {
      if (takesPlaces) tell(progress.nextSeq(), { chunk: '', isAsking: true }).catch(() => {}) // only for show
    }
    const limitMs = timeoutMs || defaultMs
    try {
      const signal = deadline(limitMs, stop)
      const onPiece = progress.add.bind(progress)
      const context = { gateway, machine, clock, signal, timeoutMs: limitMs, onPiece, onAsking }
      return { ok: true, payload: await known.run(params.data, context) }
    } catch (error) {
      if (error instanceof Refusal) return failed(error.code, error.message)
      return failed('UNAVAILABLE', error instanceof Error ? error.message : String(error))
    } finally {
      progress.finish()
    }
  }
}

/** A fault that only a person at the gateway can mend, and that is mended without anybody here: worth waiting for. */
export function awaitsApproval(fault: Fault | undefined): boolean {
  return fault?.code === 'client.pairing-required'
}

function failed(code: string, message: string): Outcome {
  return { ok: false, error: { code, message } }
}

function problem(error: { issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  const [first] = error.issues
  return `${first?.path.map(String).join('.') || 'params'}: ${first?.message}`
}

/** Each attempt of the gateway has a run id of its own. */
function withoutRunId(paramsJSON: string | null): unknown {
  const json = parseJson(paramsJSON ?? 'null')
  if (!json.ok || !isRecord(json.value)) return paramsJSON
  const { runId: _, ...rest } = json.value
  return rest
}

function shownParams(paramsJSON: string | null): string {
  const json = parseJson(paramsJSON ?? 'null')
  if (!json.ok || !isRecord(json.value)) return ''
  const { command } = json.value
  return Array.isArray(command) ? command.map(String).join(' ') : ''
}
