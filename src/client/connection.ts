/** Runs the connection machine: performs its effects over ways and links, and shows the outcome as a view. */

import { Fault } from '../shared/fault.ts'
import type { HelloOk } from '../shared/protocol/connect.ts'
import type { Params } from '../shared/protocol/table.ts'
import type { Call, CallOptions } from '../shared/rpc/call.ts'
import type { GatewayEvent } from '../shared/rpc/client.ts'
import type { Clock } from '../shared/std/clock.ts'
import { Listeners } from '../shared/std/listeners.ts'
import { noPrompts, type Prompts } from '../tunnel/prompts.ts'
import type { Way } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import { Attempt, asFault, type OpenWay } from './attempt.ts'
import type { Attachment, Connection, ConnectionView } from './connection-api.ts'
import type { Greeter, Link } from './establish.ts'
import { type Latency, LatencyRing, steady } from './latency.ts'
import { failed, layerOf, plannedLayers } from './layers.ts'
import { isRousing } from './liveness.ts'
import { beatPeriodMs, type Effect, initialState, type MachineEvent, type MachineState, step } from './machine.ts'
import type { FileOutbox } from './outbox.ts'
import type { ClientPaths, Env } from './paths.ts'
import { Pings } from './pings.ts'
import { Pulse, type Tick } from './pulse.ts'
import { watchPrompts } from './questions.ts'
import { EventFlow } from './reattach.ts'
import type { Whereabouts } from './whereabouts.ts'

export type ConnectionOptions = {
  readonly name: string
  readonly ways: readonly [Way, ...Way[]]
  readonly whereabouts?: Whereabouts | undefined
  /** Who we are to the gateway, and where the secret is asked for. */
  readonly greeter: (prompts: Prompts) => Greeter
  readonly prompts: Prompts
  readonly outbox: FileOutbox
  readonly clock: Clock
  readonly env: Env
  readonly paths: ClientPaths
  /** The machine's addresses as one text: another one means another network. */
  readonly network: () => string
  /** In [0, 1); spreads the attempts of many clients. */
  readonly random?: () => number
}

export function openConnection(options: ConnectionOptions): Connection {
  return new LiveConnection(options)
}

type Shown = Pick<ConnectionView, 'url' | 'transport' | 'route' | 'layers'>

class LiveConnection implements Connection {
  readonly outbox: FileOutbox
  readonly #options: ConnectionOptions
  readonly #clock: Clock
  readonly #random: () => number
  readonly #flow = new EventFlow()
  readonly #latency = new LatencyRing()
  readonly #pings = new Pings()
  readonly #prompts: Prompts
  readonly #pulse: Pulse
  readonly #viewChanges = new Listeners()
  readonly #events = new Listeners<GatewayEvent>()
  readonly #attachments = new Listeners<Attachment>()
  readonly subscribe = this.#viewChanges.add
  readonly events = this.#events.add
  readonly attachments = this.#attachments.add
  /** By generation: the one under way, the one beside a live connection, and the one that is the connection. */
  readonly #attempts = new Map<number, Attempt>()
  /** Ways that wait for the person: not tried again before they say so. */
  readonly #refused = new Set<Way>()
  #state: MachineState = initialState
  #shown: Shown
  #view: ConnectionView
  #hello: HelloOk | undefined
  #latencyMs: number | undefined
  #retryAt: number | undefined
  #kept: OpenWay | undefined
  #link: Link | undefined
  /** Ends with the installed link. */
  #life = new AbortController()
  #cancelWait = () => {}

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#random = options.random ?? Math.random
    this.outbox = options.outbox
    this.#prompts = watchPrompts(options.prompts, (isAsking) => this.#dispatch({ type: 'asking', isAsking }))
    this.#pulse = new Pulse(options.clock, options.network, (tick) => this.#beat(tick))
    const [way] = options.ways
    this.#shown = { url: wayOrigin(way), transport: way.kind, route: way.kind, layers: plannedLayers(way) }
    this.#view = this.#draw()
  }

  get view(): ConnectionView {
    return this.#view
  }

  readonly call: Call = (method, params, options) =>
    this.#link && this.#state.phase === 'live'
      ? this.#link.rpc.call(method, params, options)
      : Promise.reject(this.#notConnected())

  async request(method: string, params?: unknown, options?: CallOptions): Promise<unknown> {
    if (!this.#link || this.#state.phase !== 'live') throw this.#notConnected()
    return await this.#link.rpc.request(method, params, options)
  }

  connect(): void {
    this.#dispatch({ type: 'connect' })
  }

  retry(): void {
    this.#refused.clear()
    this.#dispatch({ type: 'retry' })
  }

  latency(): Latency {
    return this.#latency.read(this.#clock.monotonic())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const tunnel = this.#attempts.get(this.#state.generation)?.arrival?.tunnel ?? this.#kept?.tunnel
    this.#dispatch({ type: 'stop' })
    this.#forgetKept()
    await tunnel?.[Symbol.asyncDispose]()
  }

  #dispatch(event: MachineEvent): void {
    const { state, effects } = step(this.#state, event)
    this.#state = state
    this.#pulse.run(beatPeriodMs(state))
    for (const effect of effects) this.#perform(effect)
    if (event.type !== 'heard' || event.isAnswer || this.#view.isSuspect) this.#publish() // not for a stream's frames
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'attempt':
        this.#cancelWait()
        void this.#attempt(effect.generation, effect.isBeside)
        return
      case 'install':
        void this.#install(effect.generation)
        return
      case 'drop':
        this.#drop(effect.generation, effect.isWhole)
        return
      case 'ping':
        this.#link?.ping(this.#pings.next(this.#clock.monotonic()))
        return
      case 'wait':
        this.#retryAt = this.#clock.now() + effect.delayMs
        this.#cancelWait = this.#clock.after(effect.delayMs, () =>
          this.#dispatch({ type: 'timer', generation: effect.generation }),
        )
        return
    }
  }

  async #attempt(generation: number, isBeside: boolean): Promise<void> {
    const { clock, env, paths, ways, whereabouts } = this.#options
    const open = ways.filter((way) => !this.#refused.has(way))
    const prompts = isBeside ? noPrompts : this.#prompts
    const attempt = new Attempt({
      ways: (open.length > 0 ? open : ways) as [Way, ...Way[]],
      kept: isBeside ? undefined : this.#takeKept(),
      greeter: this.#options.greeter,
      prompts,
      ...{ clock, env, whereabouts, home: paths.home },
      events: {
        onHeard: (pong) => this.#heard(generation, pong),
        onLost: (fault) => this.#lostLink(generation, fault),
      },
      onLayers: () => {
        this.#show(generation)
        this.#dispatch({ type: 'reached', generation, layer: attempt.layer })
      },
    })
    this.#attempts.set(generation, attempt)
    this.#show(generation)
    try {
      const { tunnel } = await attempt.run()
      void tunnel.closed.then((fault) => fault && this.#lostLink(generation, fault))
      this.#dispatch({ type: 'greeted', generation })
    } catch (error) {
      // Beside a live connection nobody is asked; what would have asked is not refused for that.
      if (!isBeside) for (const way of attempt.refused) this.#refused.add(way)
      this.#lost(generation, asFault(error))
    }
  }

  /** Lets the events flow: from where the last connection stopped when the gateway can, else with a word to start over. */
  async #install(generation: number): Promise<void> {
    const attempt = this.#attempts.get(generation)
    if (!attempt?.arrival) return
    const { link } = attempt.arrival
    const life = new AbortController()
    this.#life = life
    this.#link = link
    this.#pings.forget()
    attempt.advance({ layer: 'live', state: 'begun' })
    try {
      const listen = () => link.rpc.events((event) => this.#receive(event))
      const params = this.#flow.begin(link.hello)
      if (params) listen() // what was missed comes before the answer
      const attachment = await this.#attach(link, params)
      if (life.signal.aborted) return
      attempt.advance({ layer: 'live', state: 'up' })
      this.#hello = link.hello
      this.#attachments.tell(attachment)
      this.#dispatch({ type: 'attached', generation, at: this.#clock.monotonic() })
      if (!params) listen() // what came right behind the hello is heard now, when it can be answered
      this.#serve(link, generation, life.signal)
    } catch (error) {
      if (!life.signal.aborted) this.#lostLink(generation, asFault(error))
    }
  }

  async #attach(link: Link, params: Params<'reattach'> | undefined): Promise<Attachment> {
    try {
      return this.#flow.attached(params && (await link.rpc.call('reattach', params)))
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'client.call-failed') throw error
      return this.#flow.attached(undefined)
    }
  }

  #serve(link: Link, generation: number, signal: AbortSignal): void {
    const { methods } = link.hello.features
    if (link.hello.auth?.role === 'node') return // nothing of a person or a run is for it
    if (link.hello.protocol >= 4 && methods.includes('sessions.subscribe')) {
      link.rpc.call('sessions.subscribe', {}, { signal }).catch(() => {}) // a wish; without it there are fewer events
    }
    this.outbox.deliver(link.rpc.call, signal).catch((error: unknown) => {
      this.#lostLink(generation, asFault(error))
    })
  }

  #drop(generation: number, isWhole: boolean): void {
    const attempt = this.#attempts.get(generation)
    this.#cancelWait()
    if (!attempt) {
      if (isWhole) this.#forgetKept()
      return
    }
    this.#attempts.delete(generation)
    if (attempt.arrival && attempt.arrival.link === this.#link) {
      this.#life.abort(new Error('the connection was replaced'))
      this.#link = undefined
    }
    const kept = attempt.end(isWhole, new Error('the attempt was abandoned'))
    if (!kept) return
    this.#forgetKept()
    this.#kept = kept
    void kept.tunnel.closed.then(() => {
      if (this.#kept === kept) this.#forgetKept()
    })
  }

  #takeKept(): OpenWay | undefined {
    const kept = this.#kept
    this.#kept = undefined
    return kept
  }

  #forgetKept(): void {
    void this.#takeKept()?.tunnel[Symbol.asyncDispose]()
  }

  #beat(tick: Tick): void {
    if (isRousing(tick)) this.#pings.forget()
    const silence = new Fault('client.closed', `${this.#shown.url} went silent`, { retryable: true })
    this.#dispatch({ type: 'beat', ...tick, random: this.#random(), silence })
  }

  #heard(generation: number, pong: string | undefined): void {
    const at = this.#clock.monotonic()
    const ms = generation === this.#state.generation ? this.#pings.answered(pong, at) : undefined
    if (ms !== undefined) {
      this.#latency.add(at, ms)
      this.#latencyMs = steady(this.#latencyMs, ms)
    }
    this.#dispatch({ type: 'heard', generation, at, isAnswer: ms !== undefined })
  }

  /** A connection that had been greeted broke: the waterfall says where. */
  #lostLink(generation: number, fault: Fault): void {
    if (generation === this.#state.generation) {
      const { layers } = this.#shown
      this.#shown = { ...this.#shown, layers: failed(layers, layerOf(fault), fault, this.#clock.monotonic()) }
    }
    this.#lost(generation, fault)
  }

  #lost(generation: number, fault: Fault): void {
    const isNearby = this.#attempts.get(generation)?.isNearby === true
    const [at, random] = [this.#clock.monotonic(), this.#random()]
    this.#dispatch({ type: 'lost', generation, at, random, fault, isNearby })
  }

  #receive(event: GatewayEvent): void {
    const accepted = this.#flow.accept(event)
    if (accepted.isGap) this.#attachments.tell({ kind: 'resync', replayed: 0, runs: [] })
    if (accepted.event) this.#events.tell(accepted.event)
  }

  #notConnected(): Fault {
    const { phase } = this.#state
    return new Fault('client.closed', `Not connected to ${this.#view.name} (${phase})`, {
      remedy: 'It works again once the connection is back.',
      retryable: true,
    })
  }

  #show(generation: number): void {
    const attempt = this.#attempts.get(generation)
    if (!attempt || generation !== this.#state.generation) return
    const { way, layers, route, origin } = attempt.front
    this.#shown = { url: origin, transport: way.kind, route, layers }
  }

  /** Draws the view again and tells the listeners, unless nothing a screen shows has changed. */
  #publish(): void {
    this.#show(this.#state.generation)
    const next = this.#draw()
    const keys = Object.keys(next) as (keyof ConnectionView)[]
    if (keys.every((key) => next[key] === this.#view[key])) return
    this.#view = next
    this.#viewChanges.tell()
  }

  #draw(): ConnectionView {
    const state = this.#state
    const isBroken = state.phase === 'waiting' || state.phase === 'failed'
    return {
      phase: state.phase,
      name: this.#options.name,
      ...this.#shown,
      attempt: state.attempt,
      retryAt: state.phase === 'waiting' ? this.#retryAt : undefined,
      fault: isBroken ? state.fault : undefined,
      isSuspect: state.phase === 'live' && state.isSuspect,
      latencyMs: this.#latencyMs,
      deviceId: this.#options.greeter(noPrompts).identity.deviceId,
      hello: this.#hello,
    }
  }
}
