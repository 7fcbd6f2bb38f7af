/** What most line commands do: connect, call, close. */

import { openLink } from '../client/open-link.ts'
import { resolveTarget, type Target } from '../client/target.ts'
import type { HelloOk } from '../shared/protocol/connect.ts'
import type { Call, CallOptions } from '../shared/rpc/call.ts'
import type { RpcClient } from '../shared/rpc/client.ts'
import type { Vocabulary } from '../shared/rpc/vocabulary.ts'
import { type FlagValues, type gatewayFlags, type Surroundings, targetFlags } from './command.ts'

/** Milliseconds a line command waits, unless `--timeout` says otherwise. */
export const defaultTimeoutMs = 10_000

export type GatewayInvocation = Surroundings & { readonly flags: FlagValues<typeof gatewayFlags> }

export type Gateway = {
  readonly target: Target
  readonly hello: HelloOk
  readonly rpc: RpcClient
  /** As `rpc.call`, with the command's timeout and Ctrl+C. */
  readonly call: Call
  request(method: string, params?: unknown, options?: CallOptions): Promise<unknown>
}

/** Connects to the chosen gateway, does `work`, and closes. Rejects with a `Fault`. */
export async function withGateway<T>(
  invocation: GatewayInvocation,
  work: (gateway: Gateway) => Promise<T>,
  how: { readonly mode?: 'cli' | 'probe'; readonly vocabulary?: Vocabulary } = {},
): Promise<T> {
  const { flags, env, paths, clock, signal, prompts } = invocation
  const target = await resolveTarget(targetFlags(flags), env, paths, prompts)
  const timeoutMs = flags.timeout ?? defaultTimeoutMs
  await using link = await openLink(target, { paths, env, clock, prompts, timeoutMs, signal, ...how })
  const withDefaults = (options: CallOptions = {}): CallOptions => ({ signal, timeoutMs, ...options })
  return await work({
    target,
    hello: link.hello,
    rpc: link.rpc,
    call: (method, params, options) => link.rpc.call(method, params, withDefaults(options)),
    request: (method, params, options) => link.rpc.request(method, params, withDefaults(options)),
  })
}

export function printJson(invocation: { readonly out: (text: string) => void }, value: unknown): void {
  invocation.out(`${JSON.stringify(value, null, 2)}\n`)
}
