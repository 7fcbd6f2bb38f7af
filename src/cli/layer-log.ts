/** What came up on the way to a gateway, in order, each with its time; and where it stopped. Pure. */

import type { LayerEvent, LayerName } from '../tunnel/layer.ts'

/** How a person reads them. */
export const layerLabels: Readonly<Record<LayerName, string>> = {
  ...{ dns: 'DNS', tcp: 'TCP', ssh: 'SSH' },
  ...{ auth: 'auth', gateway: 'gateway', live: 'live' },
}

export type LayerStep = {
  readonly layer: LayerName
  readonly detail: string | undefined
  readonly isUp: boolean
  /** From its beginning to its end, or until it stopped. */
  readonly tookMs: number
}

export class LayerLog {
  readonly #steps: { layer: LayerName; detail: string | undefined; isUp: boolean; from: number; tookMs: number }[] = []
  #last: number

  /** Times are monotonic milliseconds. */
  constructor(startedAt: number) {
    this.#last = startedAt
  }

  get steps(): readonly LayerStep[] {
    return this.#steps.map(({ layer, detail, isUp, tookMs }) => ({ layer, detail, isUp, tookMs }))
  }

  /** The step that came up with this event, if one did. */
  take({ layer, state, detail }: LayerEvent, at: number): LayerStep | undefined {
    const open = this.#steps.findLast((step) => step.layer === layer && !step.isUp)
    const from = this.#last
    this.#last = at
    if (state === 'begun') {
      if (open) open.from = at
      else this.#steps.push({ layer, detail, isUp: false, from: at, tookMs: 0 })
      return undefined
    }
    const step = open ?? { layer, detail, isUp: false, from, tookMs: 0 }
    if (!open) this.#steps.push(step)
    Object.assign(step, { isUp: true, detail: detail ?? step.detail, tookMs: at - step.from })
    return step
  }

  /** The last one that began and did not come up; undefined when it stopped between two. */
  stop(at: number): LayerStep | undefined {
    const open = this.#steps.findLast(({ isUp }) => !isUp)
    if (open) open.tookMs = at - open.from
    return open
  }
}
