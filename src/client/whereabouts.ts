/** Where each way of a gateway leads by now: the one of this machine may listen elsewhere than when its ways were read. */

import type { Way } from '../tunnel/way.ts'

export class Whereabouts {
  readonly #look: (way: Way) => Promise<Way>
  readonly #known = new Map<Way, Way>()

  constructor(look: (way: Way) => Promise<Way>) {
    this.#look = look
  }

  /** As it was found last. */
  of(way: Way): Way {
    return this.#known.get(way) ?? way
  }

  /** Never rejects: while it cannot be told, such as from a settings file half edited, it stays as it was. */
  async find(way: Way): Promise<Way> {
    try {
      this.#known.set(way, await this.#look(way))
    } catch {
      // The attempt says what is wrong there.
    }
    return this.of(way)
  }
}
