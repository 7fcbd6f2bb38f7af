/** Which ring position each `seq` of one connection stood for, so that a number a client saw can be found again. */

/** Numbers remembered per connection; a client further behind starts over. */
const maxSteps = 8192

export class Trail {
  #positions: number[] = []
  /** The `seq` before the first remembered one, and the position reached there. */
  #base = 0
  #basePosition: number

  /** `start` is the ring position from which the connection hears events. */
  constructor(start: number) {
    this.#basePosition = start
  }

  /** The next number was given to the event at `position`, or to one that is not kept. */
  sequenced(position: number | undefined): void {
    this.#positions.push(position ?? this.#positions.at(-1) ?? this.#basePosition)
    if (this.#positions.length <= maxSteps) return
    const dropped = this.#positions.splice(0, maxSteps / 2)
    this.#base += dropped.length
    this.#basePosition = dropped.at(-1) ?? this.#basePosition
  }

  /** Everything up to the result had been sent when `seq` was; undefined for numbers forgotten or never given. */
  positionAt(seq: number): number | undefined {
    if (seq === this.#base) return this.#basePosition
    return this.#positions[seq - this.#base - 1]
  }
}
