/** Runs the connection machine: performs its effects over a tunnel and a WebSocket, and shows the outcome as a view. */

import { Fault } from '../shared/fault.ts'
import type { HelloOk } from '../shared/protocol/connect.ts'
import type { Call, CallOptions } from '../shared/rpc/call.ts'
import type { GatewayEvent } from '../shared/rpc/client.ts'
import { type Clock, every } from '../shared/std/clock.ts'
import { openTunnel } from '../tunnel/open.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import type { Tunnel } from '../tunnel/tunnel.ts'
import type { Way } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import type { Attachment, Connection, ConnectionView, Layer } from './connection-api.ts'
import { establish, type Greeter, type Link } from './establish.ts'
import { beatEveryMs, type Effect, initialState, type MachineEvent, type MachineState, step } from './machine.ts'
import type { FileOutbox } from './outbox.ts'
import type { ClientPaths, Env } from './paths.ts'
import { EventFlow } from './reattach.ts'

export type ConnectionOptions = {
  readonly name: string
  readonly ways: readonly [Way, ...Way[]]
  readonly greeter: Greeter
  readonly outbox: FileOutbox
  readonly clock: Clock
  readonly prompts: Prompts
  readonly env: Env
  readonly paths: ClientPaths
  /** In [0, 1); spreads the attempts of many clients. */
  readonly random?: () => number
}

export function openConnection(options: ConnectionOptions): Connection {
  return new LiveConnection(options)
}

class LiveConnection implements Connection {
  readonly outbox: FileOutbox
  readonly #options: ConnectionOptions
  readonly #origin: string
  readonly #clock: Clock
  readonly #random: () => number
  readonly #flow = new EventFlow()
  readonly #viewListeners = new Set<() => void>()
  readonly #eventListeners = new Set<(event: GatewayEvent) => void>()
  readonly #attachmentListeners = new Set<(attachment: Attachment) => void>()
  #state: MachineState = initialState
  #view: ConnectionView
  #hello: HelloOk | undefined
  #latencyMs: number | undefined
  #retryAt: number | undefined
  #tunnel: Tunnel | undefined
  #link: Link | undefined
  /** Ends with the current attempt: late results of an abandoned one go nowhere. */
  #attempt = new AbortController()
  #stopBeat = () => {}
  #cancelWait = () => {}
  #pingedAt: number | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#origin = wayOrigin(options.ways[0])
    this.#clock = options.clock
    this.#random = options.random ?? Math.random
    this.outbox = options.outbox
    this.#view = this.#draw()
  }

  get view(): ConnectionView {
    return this.#view
  }

  subscribe(listener: () => void): () => void {
    this.#viewListeners.add(listener)
    return () => this.#viewListeners.delete(listener)
  }

  readonly call: Call = (method, params, options) =>
    this.#link && this.#state.phase === 'live'
      ? this.#link.rpc.call(method, params, options)
      : Promise.reject(this.#notConnected())

  async request(method: string, params?: unknown, options?: CallOptions): Promise<unknown> {
    if (!this.#link || this.#state.phase !== 'live') throw this.#notConnected()
    return await this.#link.rpc.request(method, params, options)
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
    this.#dispatch({ type: 'connect' })
  }

  retry(): void {
    this.#dispatch({ type: 'retry' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#dispatch({ type: 'stop' })
    await this.#tunnel?.[Symbol.asyncDispose]()
  }

  #dispatch(event: MachineEvent): void {
    const { state, effects } = step(this.#state, event)
    const wasLive = this.#state.phase === 'live'
    this.#state = state
    if (wasLive && state.phase !== 'live') this.#stopBeat()
    for (const effect of effects) this.#perform(effect)
    this.#publish()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'open-tunnel':
        this.#attempt = new AbortController()
        void this.#openTunnel(effect.generation, this.#attempt.signal)
        return
      case 'establish':
        if (this.#attempt.signal.aborted) this.#attempt = new AbortController()
        void this.#establish(effect.generation, this.#attempt.signal)
        return
      case 'ping':
        this.#pingedAt = this.#clock.monotonic()
        this.#link?.ping()
        return
      case 'wait':
        this.#retryAt = this.#clock.now() + effect.delayMs
        this.#cancelWait = this.#clock.after(effect.delayMs, () =>
          this.#dispatch({ type: 'timer', generation: effect.generation }),
        )
        return
      case 'teardown':
        this.#teardown(effect.tunnel)
        return
    }
  }

  async #openTunnel(generation: number, signal: AbortSignal): Promise<void> {
    this.#cancelWait()
    try {
      const { ways, clock, prompts, env, paths } = this.#options
      const context = { clock, signal, prompts, env, home: paths.home, onLayer: () => {} }
      const tunnel = await openTunnel(ways[0], context)
      if (signal.aborted) return await tunnel[Symbol.asyncDispose]()
      this.#tunnel = tunnel
      void tunnel.closed.then((fault) => {
        if (fault && this.#tunnel === tunnel) this.#lost(this.#state.generation, 'tunnel', fault)
      })
      this.#dispatch({ type: 'tunnel-up', generation })
    } catch (error) {
      this.#lost(generation, 'tunnel', asFault(error))
    }
  }

  async #establish(generation: number, signal: AbortSignal): Promise<void> {
    this.#cancelWait()
    const tunnel = this.#tunnel
    if (!tunnel) return
    const events = {
      onGreeting: () => this.#dispatch({ type: 'opened', generation }),
      onHeard: (isPong: boolean) => this.#heard(generation, isPong),
      onLost: (fault: Fault) => this.#lost(generation, 'socket', fault),
    }
    try {
      const link = await establish(tunnel, this.#options.greeter, events, signal)
      if (signal.aborted) return link.close()
      this.#link = link
      await this.#attach(link)
      if (!signal.aborted) this.#goLive(link, generation, signal)
    } catch (error) {
      if (signal.aborted) return // an abandoned attempt
      this.#lost(generation, this.#state.phase === 'greeting' ? 'gateway' : 'socket', asFault(error))
    }
  }

  /** Lets the events flow: from where the last connection stopped when the gateway can, else with a word to start over. */
  async #attach(link: Link): Promise<void> {
    const params = this.#flow.begin(link.hello)
    link.rpc.events((event) => this.#receive(event))
    let attachment: Attachment
    try {
      attachment = this.#flow.attached(params && (await link.rpc.call('reattach', params)))
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'client.call-failed') throw error
      attachment = this.#flow.attached(undefined)
    }
    this.#hello = link.hello
    this.#announce(attachment)
  }

  #goLive(link: Link, generation: number, signal: AbortSignal): void {
    this.#dispatch({ type: 'hello', generation, at: this.#clock.monotonic() })
    this.#startBeat(generation)
    const { methods } = link.hello.features
    if (link.hello.protocol >= 4 && methods.includes('sessions.subscribe')) {
      link.rpc.call('sessions.subscribe', {}, { signal }).catch(() => {}) // a wish; without it there are fewer events
    }
    this.outbox.deliver(link.rpc.call, signal).catch((error: unknown) => {
      this.#lost(generation, 'gateway', asFault(error))
    })
  }

  #startBeat(generation: number): void {
    let wall = this.#clock.now()
    this.#stopBeat = every(this.#clock, beatEveryMs, () => {
      const now = this.#clock.now()
      const wallGapMs = now - wall
      wall = now
      const silence = new Fault('client.closed', `${this.#origin} went silent`, { retryable: true })
      const at = this.#clock.monotonic()
      this.#dispatch({ type: 'beat', generation, at, wallGapMs, random: this.#random(), silence })
    })
  }

  #heard(generation: number, isPong: boolean): void {
    const at = this.#clock.monotonic()
    if (isPong && this.#pingedAt !== undefined) {
      this.#latencyMs = steady(this.#latencyMs, Math.round(at - this.#pingedAt))
      this.#pingedAt = undefined
    }
    this.#dispatch({ type: 'heard', generation, at })
  }

  #lost(generation: number, layer: Layer, fault: Fault): void {
    const [at, random] = [this.#clock.monotonic(), this.#random()]
    const isNearby = this.#tunnel?.route === 'direct' && this.#tunnel.url.isLoopback
    this.#dispatch({ type: 'lost', generation, at, random, layer, fault, isNearby })
  }

  #teardown(withTunnel: boolean): void {
    this.#cancelWait()
    this.#attempt.abort()
    this.#link?.close()
    this.#link = undefined
    if (!withTunnel) return
    void this.#tunnel?.[Symbol.asyncDispose]()
    this.#tunnel = undefined
  }

  #receive(event: GatewayEvent): void {
    const accepted = this.#flow.accept(event)
    if (accepted.isGap) this.#announce({ kind: 'resync', runs: [] })
    if (!accepted.event) return
    for (const listener of [...this.#eventListeners]) listener(accepted.event)
  }

  #announce(attachment: Attachment): void {
    for (const listener of [...this.#attachmentListeners]) listener(attachment)
  }

  #notConnected(): Fault {
    const { phase } = this.#state
    return new Fault('client.closed', `Not connected to ${this.#view.name} (${phase})`, {
      remedy: 'It works again once the connection is back.',
      retryable: true,
    })
  }

  /** Draws the view again and tells the listeners, unless nothing a screen shows has changed. */
  #publish(): void {
    const next = this.#draw()
    const keys = Object.keys(next) as (keyof ConnectionView)[]
    if (keys.every((key) => next[key] === this.#view[key])) return
    this.#view = next
    for (const listener of [...this.#viewListeners]) listener()
  }

  #draw(): ConnectionView {
    const state = this.#state
    const { name, ways } = this.#options
    const isBroken = state.phase === 'waiting' || state.phase === 'failed'
    return {
      phase: state.phase,
      layer: isBroken ? state.layer : layerOf(state.phase),
      name,
      url: this.#origin,
      transport: ways[0].kind,
      attempt: state.attempt,
      retryAt: state.phase === 'waiting' ? this.#retryAt : undefined,
      fault: isBroken ? state.fault : undefined,
      isSuspect: state.phase === 'live' && state.isSuspect,
      latencyMs: this.#latencyMs,
      hello: this.#hello,
    }
  }
}

function layerOf(phase: 'idle' | 'tunneling' | 'dialing' | 'greeting' | 'live'): Layer {
  if (phase === 'idle' || phase === 'tunneling') return 'tunnel'
  return phase === 'dialing' ? 'socket' : 'gateway'
}

/** A figure that keeps still: small changes would redraw an idle screen each few seconds. */
function steady(before: number | undefined, ms: number): number {
  if (before === undefined) return ms
  return Math.abs(before - ms) > Math.max(3, before * 0.25) ? ms : before
}

/** A bug must not end the reconnecting; it is shown, and the person can try again. */
function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const text = error instanceof Error ? error.message : String(error)
  return new Fault('client.closed', `The connection failed unexpectedly: ${text}`, {
    remedy: 'Press r to try again; please report it if it comes back.',
    cause: error,
  })
}
