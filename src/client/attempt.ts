/** One attempt to reach a gateway: every way that may lead there, raced, each with its waterfall; one link comes out of it. */

import { Fault } from '../shared/fault.ts'
import type { Clock } from '../shared/std/clock.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import type { LayerEvent, LayerName } from '../tunnel/layer.ts'
import { openTunnel } from '../tunnel/open.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import type { Tunnel } from '../tunnel/tunnel.ts'
import type { Way } from '../tunnel/way.ts'
import { wayOrigin } from '../tunnel/way-origin.ts'
import { establish, type Greeter, type Link, type LinkEvents } from './establish.ts'
import { advance, broken, paused, plannedLayers, reached, resumed, type Waterfall } from './layers.ts'
import type { Env } from './paths.ts'
import { watchPrompts } from './questions.ts'
import { type Lane, raceWays } from './ways.ts'
import type { Whereabouts } from './whereabouts.ts'

/** A tunnel and the way it was opened for; its layers are up. */
export type OpenWay = { readonly way: Way; readonly tunnel: Tunnel; readonly layers: Waterfall }
export type Arrival = { readonly way: Way; readonly tunnel: Tunnel; readonly link: Link }

export type AttemptOptions = {
  /** The preferred first. */
  readonly ways: readonly [Way, ...Way[]]
  /** Asked where a way leads now before a tunnel is opened for it. */
  readonly whereabouts?: Whereabouts | undefined
  /** What is still open of an earlier attempt: its way, when its turn comes, needs no new tunnel. */
  readonly kept: OpenWay | undefined
  readonly greeter: (prompts: Prompts) => Greeter
  readonly prompts: Prompts
  readonly clock: Clock
  readonly env: Env
  readonly home: string
  readonly events: Omit<LinkEvents, 'onLayer'>
  /** A layer of the way in front began or came up. */
  readonly onLayers: () => void
}

/** `place` is where the way leads now. */
type Runner = { readonly way: Way; place: Way; layers: Waterfall; tunnel: Tunnel | undefined; fault: Fault | undefined }

export class Attempt {
  readonly #options: AttemptOptions
  readonly #ending = new AbortController()
  readonly #runners: readonly Runner[]
  #arrival: Arrival | undefined

  constructor(options: AttemptOptions) {
    this.#options = options
    const { kept, ways, whereabouts } = options
    this.#runners = ways.map((way) => {
      if (kept?.way === way) return { ...kept, place: way, fault: undefined }
      const place = whereabouts?.of(way) ?? way
      return { way, place, layers: plannedLayers(place), tunnel: undefined, fault: undefined }
    })
  }

  /** The way to show: the one that arrived, else the most preferred that still runs, else the most preferred. */
  get front(): { readonly way: Way; readonly layers: Waterfall; readonly route: string; readonly origin: string } {
    const { place: way, layers, tunnel } = this.#front()
    return { way, layers, route: tunnel?.route ?? way.kind, origin: tunnel?.origin ?? wayOrigin(way) }
  }

  /** The gateway is on this machine, as far as the address tells. */
  get isNearby(): boolean {
    const { place: way } = this.#front()
    return way.kind === 'direct' && parseGatewayUrl(way.url, way.insecure).isLoopback
  }

  get layer(): LayerName {
    return reached(this.#front().layers) ?? 'dns'
  }

  /** Ways that only a person can help with: not to be tried again by itself. */
  get refused(): readonly Way[] {
    return this.#runners.filter(({ fault }) => fault && !fault.retryable).map(({ way }) => way)
  }

  get arrival(): Arrival | undefined {
    return this.#arrival
  }

  /** Rejects with a `Fault`, or with the reason it was ended for. */
  async run(): Promise<Arrival> {
    const { clock } = this.#options
    const { signal } = this.#ending
    const lanes = this.#runners.map(
      (runner): Lane<Arrival> =>
        (limit) =>
          this.#follow(runner, limit),
    )
    const discard = ({ link }: Arrival) => link.close()
    try {
      this.#arrival = await raceWays(lanes as [Lane<Arrival>, ...Lane<Arrival>[]], { clock, signal, discard })
      const { tunnel } = this.#arrival
      for (const runner of this.#runners) if (runner.tunnel !== tunnel) closeTunnel(runner)
      return this.#arrival
    } catch (error) {
      throw error instanceof AggregateError ? faultOf(this.#runners) : error
    }
  }

  /** Progress behind the hello, which only the one who attaches knows. */
  advance(event: LayerEvent): void {
    const runner = this.#front()
    this.#change(runner, advance(runner.layers, event, this.#options.clock.monotonic()))
  }

  /** Ends it all. Unless `isWhole`, an open tunnel is handed over for the next attempt. */
  end(isWhole: boolean, reason: Error): OpenWay | undefined {
    this.#ending.abort(reason)
    this.#arrival?.link.close()
    const kept = isWhole ? undefined : [this.#front(), ...this.#runners].map(openWayOf).find((open) => open)
    for (const runner of this.#runners) if (runner.tunnel !== kept?.tunnel) closeTunnel(runner)
    return kept
  }

  async #follow(runner: Runner, signal: AbortSignal): Promise<Arrival> {
    const { greeter, events, clock, env, home } = this.#options
    const prompts = watchPrompts(this.#options.prompts, (isAsking) => {
      const at = clock.monotonic()
      this.#change(runner, isAsking ? paused(runner.layers, at) : resumed(runner.layers, at))
    })
    const onLayer = (event: LayerEvent) => {
      if (!signal.aborted) this.#change(runner, advance(runner.layers, event, clock.monotonic()))
    }
    try {
      if (runner.tunnel) this.#change(runner, again(runner.layers))
      if (!runner.tunnel) await this.#findPlace(runner)
      const opened = runner.tunnel ?? (await openTunnel(runner.place, { clock, signal, prompts, onLayer, env, home }))
      runner.tunnel = opened
      if (signal.aborted) throw signal.reason
      const link = await establish(opened, greeter(prompts), { ...events, onLayer }, signal)
      return { way: runner.way, tunnel: opened, link }
    } catch (error) {
      if (signal.aborted) closeTunnel(runner)
      else {
        runner.fault = asFault(error)
        this.#change(runner, broken(runner.layers, runner.fault, clock.monotonic()))
      }
      throw error
    }
  }

  async #findPlace(runner: Runner): Promise<void> {
    const place = await this.#options.whereabouts?.find(runner.way)
    if (!place || wayOrigin(place) === wayOrigin(runner.place)) return
    runner.place = place
    this.#change(runner, plannedLayers(place))
  }

  #front(): Runner {
    const arrived = this.#arrival && this.#runners.find(({ tunnel }) => tunnel === this.#arrival?.tunnel)
    const running = this.#runners.find(({ fault }) => fault === undefined)
    return arrived ?? running ?? (this.#runners[0] as Runner)
  }

  #change(runner: Runner, layers: Waterfall): void {
    runner.layers = layers
    if (runner === this.#front() || runner.fault) this.#options.onLayers()
  }
}

/** Only SSH holds something open between one connection and the next. What did not answer in time may be dead, and a way that waits for the person is not tried. */
function openWayOf({ way, layers, tunnel, fault }: Runner): OpenWay | undefined {
  if (way.kind !== 'ssh' || tunnel === undefined || fault?.code === 'client.timeout') return undefined
  if (fault && !fault.retryable) return undefined
  return { way, tunnel, layers }
}

/** Over a tunnel that is up only what lies above it is done again. */
function again(layers: Waterfall): Waterfall {
  const untouched = { state: 'idle', ms: undefined, detail: undefined, fault: undefined, begunAt: undefined } as const
  return layers.map((layer) =>
    layer.layer === 'gateway' || layer.layer === 'live' ? { ...layer, ...untouched } : layer,
  )
}

function closeTunnel(runner: Runner): void {
  void runner.tunnel?.[Symbol.asyncDispose]()
  runner.tunnel = undefined
}

/** One sentence for all ways. It is worth trying again while any of them is. */
function faultOf(runners: readonly Runner[]): Fault {
  const faults = runners.map(({ fault }) => fault).filter((fault) => fault !== undefined)
  const [first] = faults
  if (!first || faults.length === 1) return first ?? asFault(undefined)
  const told = runners.map(({ way, fault }) => `${way.kind}: ${fault?.message}`).join('. ')
  const remedy = faults.find((fault) => !fault.retryable)?.remedy ?? first.remedy
  return new Fault(first.code, told, {
    ...(remedy === undefined ? {} : { remedy }),
    retryable: faults.some(({ retryable }) => retryable),
    retryAfterMs: Math.min(...faults.map(({ retryAfterMs }) => retryAfterMs ?? 0)),
    cause: first,
  })
}

/** A bug must not end the reconnecting; it is shown, and the person can try again. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const text = error instanceof Error ? error.message : String(error)
  return new Fault('client.closed', `The connection failed unexpectedly: ${text}`, {
    remedy: 'Press r to try again; please report it if it comes back.',
    cause: error,
  })
}
