/** A secret as it is typed: held here and nowhere else, shown to nobody, gone when it is taken. */

import { Secret } from '../../shared/std/secret.ts'

export class HiddenLine {
  #signs: string[] = []

  /** How many signs; all that may be shown. */
  get length(): number {
    return this.#signs.length
  }

  /** Of several lines, as a password manager may paste them, the first is meant. */
  type(text: string): void {
    this.#signs.push(...(text.split(/\r?\n/)[0] ?? ''))
  }

  erase(what: 'sign' | 'all'): void {
    if (what === 'all') this.#signs = []
    else this.#signs.pop()
  }

  /** What is there so far, to say how strong it is. */
  peek(): Secret {
    return new Secret(this.#signs.join(''))
  }

  take(): Secret {
    const secret = new Secret(this.#signs.join(''))
    this.#signs = []
    return secret
  }
}
