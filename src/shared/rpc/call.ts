/** The two sides of a call, as types derived from the protocol table. */

import type { MethodName, MethodOf, Noun, Params, ParsedParams, Result } from '../protocol/table.ts'

export type CallOptions = {
  signal?: AbortSignal
  /** Milliseconds until the call fails with `client.timeout`; 0 waits for ever. Default 10 000. */
  timeoutMs?: number
  /** For `agent`: skips the first response (`accepted`) and settles with the second. */
  expectFinal?: boolean
}

/** Client side: a typed remote call. Rejects with a `Fault`. */
export type Call = <N extends MethodName>(method: N, params: Params<N>, options?: CallOptions) => Promise<Result<N>>

/** Server side: one handler. `Context` is what a gateway knows of the caller. */
export type Handler<N extends MethodName, Context> = (
  params: ParsedParams<N>,
  context: Context,
) => Promise<Result<N>> | Result<N>

/** Every handler of one noun, no more and no fewer, or it does not compile. */
export type HandlersOf<G extends Noun, Context> = { [N in MethodOf<G>['name']]: Handler<N, Context> }
