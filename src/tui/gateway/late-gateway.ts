/**
 * A gateway that is there before its connection is: the screen is painted with it at once, and what is written meanwhile
 * is on disk whether or not a connection ever comes.
 */

import type { Attachment, Connection, ConnectionView } from '../../client/connection-api.ts'
import type { Delivery, FileOutbox, Outbox } from '../../client/outbox.ts'
import { Fault } from '../../shared/fault.ts'
import type { GatewayEvent } from '../../shared/rpc/client.ts'
import type { Gateway } from './port.ts'

export type LateGatewayOptions = {
  /** Name, address and transport to show from the first moment on. */
  view: Pick<ConnectionView, 'name' | 'url' | 'transport'>
  /** Opens the outbox; needs nothing but this machine. Called again when it failed, which is shown with the message. */
  openOutbox: () => Promise<FileOutbox>
  /** Opens the connection, or fails with a `Fault` that is shown. Called again when the person retries. */
  open: (signal: AbortSignal, outbox: FileOutbox) => Promise<Connection>
  /** Runs before a connection that is down is tried again because the person wants it. */
  beforeRetry?: (signal: AbortSignal) => Promise<void>
  /** What to do when nobody listens there: the remedy shown instead of the fault's own. */
  retryRemedy?: string
}

export class LateGateway implements Gateway, AsyncDisposable {
  readonly outbox: Outbox
  readonly #options: LateGatewayOptions
  /** Ends with `disconnect`; a later `connect` begins anew. */
  #life = new AbortController()
  #box: FileOutbox | undefined
  #openingBox: Promise<FileOutbox> | undefined
  #ends: (() => void)[] = []
  #connection: Connection | undefined
  #view: ConnectionView
  #isOpening = false
  #remedied: { from: ConnectionView; view: ConnectionView } | undefined
  readonly #viewListeners = new Set<() => void>()
  readonly #eventListeners = new Set<(event: GatewayEvent) => void>()
  readonly #attachmentListeners = new Set<(attachment: Attachment) => void>()
  readonly #deliveryListeners = new Set<(delivery: Delivery) => void>()

  constructor(options: LateGatewayOptions) {
    this.#options = options
    this.#view = { ...unopened, ...options.view }
    this.outbox = this.#lateOutbox()
  }

  get view(): ConnectionView {
    return this.#connection ? this.#withRemedy(this.#connection.view) : this.#view
  }

  subscribe(listener: () => void): () => void {
    this.#viewListeners.add(listener)
    return () => this.#viewListeners.delete(listener)
  }

  readonly call: Gateway['call'] = (method, params, options) => {
    if (this.#connection) return this.#connection.call(method, params, options)
    return Promise.reject(new Fault('client.closed', 'The gateway is not connected yet', { retryable: true }))
  }

  events(listener: (event: GatewayEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  attachments(listener: (attachment: Attachment) => void): () => void {
    this.#attachmentListeners.add(listener)
    return () => this.#attachmentListeners.delete(listener)
  }

  connect(): void {
    if (!this.#connection && !this.#isOpening) void this.#open()
  }

  retry(): void {
    if (this.#connection) void this.#retryOpen(this.#connection)
    else this.connect()
  }

  readonly latency: Gateway['latency'] = () =>
    this.#connection?.latency() ?? { samples: [], p50: undefined, p95: undefined }

  disconnect(): void {
    void this.#end('it is not on screen any more')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('the screen was closed')
  }

  /** Its facts stay, for whoever looks at it meanwhile. */
  async #end(reason: string): Promise<void> {
    const connection = this.#connection
    if (!connection && !this.#isOpening) return
    this.#life.abort(new Error(reason))
    this.#life = new AbortController()
    for (const end of this.#ends.splice(0)) end()
    this.#connection = undefined
    this.#isOpening = false
    this.#show({ ...(connection ? { hello: connection.view.hello } : {}), phase: 'idle', fault: undefined })
    await connection?.[Symbol.asyncDispose]()
  }

  async #open({ signal } = this.#life): Promise<void> {
    this.#isOpening = true
    this.#show({ phase: 'connecting', fault: undefined })
    try {
      const connection = await this.#options.open(signal, await this.#openBox())
      if (signal.aborted) return await connection[Symbol.asyncDispose]()
      this.#isOpening = false
      this.#adopt(connection)
    } catch (error) {
      if (signal.aborted) return
      this.#isOpening = false
      this.#show({ phase: 'failed', fault: asFault(error) })
    }
  }

  #adopt(connection: Connection): void {
    this.#connection = connection
    this.#ends = [
      connection.subscribe(() => each(this.#viewListeners, undefined)),
      connection.events((event) => each(this.#eventListeners, event)),
      connection.attachments((attachment) => each(this.#attachmentListeners, attachment)),
      connection.outbox.deliveries((delivery) => each(this.#deliveryListeners, delivery)),
    ]
    connection.connect()
    each(this.#viewListeners, undefined)
  }

  /** The same object for the same view, as whoever compares views expects. */
  #withRemedy(view: ConnectionView): ConnectionView {
    const { fault } = view
    const remedy = this.#options.retryRemedy
    if (remedy === undefined || fault?.code !== 'client.refused') return view
    const known = this.#remedied
    if (known?.from === view) return known.view
    const better = { ...view, fault: new Fault(fault.code, fault.message, { remedy, retryable: true, cause: fault }) }
    this.#remedied = { from: view, view: better }
    return better
  }

  async #retryOpen(connection: Connection): Promise<void> {
    try {
      await this.#options.beforeRetry?.(this.#life.signal)
    } catch {
      // The connection's own attempt says better what is wrong.
    }
    connection.retry()
  }

  #show(change: Partial<ConnectionView>): void {
    this.#view = { ...this.#view, ...change }
    each(this.#viewListeners, undefined)
  }

  #openBox(): Promise<FileOutbox> {
    this.#openingBox ??= this.#options.openOutbox().then(
      (box) => {
        this.#box = box
        each(this.#viewListeners, undefined) // what waits since an earlier visit can be seen
        return box
      },
      (error: unknown) => {
        this.#openingBox = undefined
        throw error
      },
    )
    return this.#openingBox
  }

  #lateOutbox(): Outbox {
    const box = () => this.#box
    return {
      get entries() {
        return box()?.entries ?? []
      },
      add: async (entry) => await (await this.#openBox()).add(entry),
      edit: async (key, message) => await (await this.#openBox()).edit(key, message),
      remove: async (key) => await (await this.#openBox()).remove(key),
      deliveries: (listener) => {
        this.#deliveryListeners.add(listener)
        return () => this.#deliveryListeners.delete(listener)
      },
    }
  }
}

const unopened: Omit<ConnectionView, 'name' | 'url' | 'transport'> = {
  phase: 'idle',
  route: '',
  layers: [],
  attempt: 0,
  retryAt: undefined,
  fault: undefined,
  isSuspect: false,
  latencyMs: undefined,
  hello: undefined,
}

function each<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) listener(value)
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  throw error
}
