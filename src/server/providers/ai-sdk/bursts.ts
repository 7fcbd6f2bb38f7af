/** Takes what comes in bursts together: the first piece at once, then whatever a turn of the event loop has brought. */

export type Burst<Part, Piece> = {
  /** What a part means; undefined when nothing is to be told. Throws to end the stream. */
  take(part: Part): Piece | undefined
  /** Two neighbours as one; undefined when they must stay apart. */
  join(earlier: Piece, later: Piece): Piece | undefined
  /** Nothing is told behind this piece. */
  isLast(piece: Piece): boolean
}

/**
 * Each async generator a token passes through costs as much as all we do with it, so a fast model's tokens pass together
 * (bench/stream.ts). Reads ahead of its reader; leaving it early does not end `parts`, whoever made them does. What was
 * taken before a failure is handed over before it is thrown. Reads on behind the last piece, unheard: a connection that
 * was read to its end serves the next request too.
 */
export async function* inBursts<Part, Piece>(
  parts: AsyncIterable<Part>,
  { take, join, isLast }: Burst<Part, Piece>,
): AsyncGenerator<Piece> {
  let waiting: Piece[] = []
  let outcome: { failure?: unknown } | undefined
  let wake = () => {}

  const add = (piece: Piece) => {
    const last = waiting.at(-1)
    const joined = last === undefined ? undefined : join(last, piece)
    if (joined === undefined) waiting.push(piece)
    else waiting[waiting.length - 1] = joined
    wake()
  }
  const end = (how: { failure?: unknown }) => {
    outcome ??= how
    wake()
  }
  const readAll = async () => {
    for await (const part of parts) {
      if (outcome) continue
      const piece = take(part)
      if (piece === undefined) continue
      add(piece)
      if (isLast(piece)) end({})
    }
  }
  void readAll().then(
    () => end({}),
    (failure: unknown) => end({ failure }),
  )
  for (;;) {
    if (waiting.length === 0 && !outcome) await new Promise<void>((resolve) => (wake = resolve))
    const burst = waiting
    waiting = []
    yield* burst
    if (outcome && waiting.length === 0) {
      if ('failure' in outcome) throw outcome.failure
      return
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
