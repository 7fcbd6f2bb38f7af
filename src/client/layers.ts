/** The waterfall of one attempt: which layer is up, which is being worked on, how long each took, which one broke. Pure. */

import type { Fault } from '../shared/fault.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import { type LayerEvent, type LayerName, layerNames } from '../tunnel/layer.ts'
import type { Way } from '../tunnel/way.ts'

export type LayerView = {
  readonly layer: LayerName
  readonly state: 'idle' | 'begun' | 'up' | 'failed'
  /** Time spent in it, once it is up or failed; over all hops where there are several, and without what a person took. */
  readonly ms: number | undefined
  /** What came of it, as the far end said it: `203.0.113.7`, `publickey`, `protocol 4`. Escape before showing. */
  readonly detail: string | undefined
  /** Why it broke, for the one that did. */
  readonly fault: Fault | undefined
  /** Monotonic time it was begun, while it is being worked on and nobody is asked. */
  readonly begunAt: number | undefined
}

export type Waterfall = readonly LayerView[]

/** What a way has to go through, nothing of it begun. A layer that turns up unforeseen takes its place in the order. */
export function plannedLayers(way: Way): Waterfall {
  return layersOf(way).map(untouched)
}

function layersOf(way: Way): readonly LayerName[] {
  switch (way.kind) {
    case 'ssh':
      return layerNames
    case 'tailscale':
      return ['dns', 'tcp', 'gateway', 'live']
    case 'direct':
      return needsDns(way.url) ? ['dns', 'tcp', 'gateway', 'live'] : ['tcp', 'gateway', 'live']
  }
}

function needsDns(url: string): boolean {
  try {
    return parseGatewayUrl(url, true).isNamed
  } catch {
    return false // a broken address fails before anything is asked
  }
}

function untouched(layer: LayerName): LayerView {
  return { layer, state: 'idle', ms: undefined, detail: undefined, fault: undefined, begunAt: undefined }
}

/** `at` is monotonic milliseconds. A layer that begins again, as with each hop, goes on counting. */
export function advance(layers: Waterfall, event: LayerEvent, at: number): Waterfall {
  return change(withLayer(layers, event.layer), event.layer, (layer) => {
    const detail = event.detail ?? layer.detail
    if (event.state === 'begun') return { ...layer, state: 'begun', detail, begunAt: layer.begunAt ?? at }
    return { ...layer, state: 'up', detail, ms: spent(layer, at), begunAt: undefined }
  })
}

/** A person is asked: the time they take is none of the layer's. */
export function paused(layers: Waterfall, at: number): Waterfall {
  return layers.map((layer) =>
    layer.begunAt === undefined ? layer : { ...layer, ms: spent(layer, at), begunAt: undefined },
  )
}

/** They have answered, and what is being worked on goes on. */
export function resumed(layers: Waterfall, at: number): Waterfall {
  return layers.map((layer) => (layer.state === 'begun' ? { ...layer, begunAt: layer.begunAt ?? at } : layer))
}

/** Marks what broke: the deepest layer being worked on, or the next one that should have come. */
export function broken(layers: Waterfall, fault: Fault, at: number): Waterfall {
  const deepest = layers.findLastIndex(({ state }) => state !== 'idle') // an address has no DNS above it
  const culprit = layers.findLast(({ state }) => state === 'begun') ?? layers[deepest + 1]
  return culprit ? failed(layers, culprit.layer, fault, at) : layers
}

/** A connection that was up was lost at this layer. */
export function failed(layers: Waterfall, name: LayerName, fault: Fault, at: number): Waterfall {
  return change(layers, name, (layer) => ({
    ...layer,
    state: 'failed',
    fault,
    ms: spent(layer, at),
    begunAt: undefined,
  }))
}

/** How far another attempt has come, over one that broke: why that was stands there until the new one is live. */
export function triedAgain(before: Waterfall, now: Waterfall): Waterfall {
  return before.map((old) => {
    const next = now.find(({ layer }) => layer === old.layer)
    if (!next || next.state === 'idle') return old
    const ms = next.ms ?? old.ms
    return old.fault === undefined ? { ...next, ms } : { ...next, state: 'begun', ms: old.ms, fault: old.fault }
  })
}

/** Where the loss of a connection that was up belongs. */
export function layerOf({ code }: Fault): LayerName {
  return code.startsWith('ssh.') ? 'ssh' : code.startsWith('tailscale.') ? 'tcp' : 'live'
}

/** The deepest layer that was reached. */
export function reached(layers: Waterfall): LayerName | undefined {
  const begun = layers.findLast(({ state }) => state === 'begun')
  return (begun ?? layers.findLast(({ state }) => state !== 'idle'))?.layer
}

function spent({ ms, begunAt }: LayerView, at: number): number | undefined {
  return begunAt === undefined ? ms : (ms ?? 0) + Math.max(0, at - begunAt)
}

function change(layers: Waterfall, name: LayerName, to: (layer: LayerView) => LayerView): Waterfall {
  return layers.map((layer) => (layer.layer === name ? to(layer) : layer))
}

function withLayer(layers: Waterfall, name: LayerName): Waterfall {
  if (layers.some(({ layer }) => layer === name)) return layers
  const order = (layer: LayerName) => layerNames.indexOf(layer)
  return [...layers, untouched(name)].sort((a, b) => order(a.layer) - order(b.layer))
}
