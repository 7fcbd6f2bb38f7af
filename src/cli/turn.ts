/** One turn from a line command: what it waits for is said, it has a limit, and whoever leaves stops it at the gateway too. */

import { randomUUID } from 'node:crypto'
import { EventFlow } from '../client/reattach.ts'
import { Fault } from '../shared/fault.ts'
import type { PendingApproval } from '../shared/protocol/exec.ts'
import type { GatewayEvent } from '../shared/rpc/client.ts'
import { agentIdOf, canonicalKey, normalizeAgentId } from '../shared/session-key.ts'
import { raceAbort } from '../shared/std/signal.ts'
import type { Surroundings } from './command.ts'
import type { Gateway } from './gateway-call.ts'
import { oneLine } from './style.ts'

export type Turn = {
  readonly runId: string
  /** As the person wrote it, else that of the main session. */
  readonly sessionKey: string
  /** As the gateway names it in what it tells of the session. */
  readonly canonical: string
}

/** How long the whole answer may take, from the start of the command. */
export type Limit = { readonly timeoutMs: number; readonly startedAt: number }

/** That of `--timeout`; undefined without it. */
export function limitOf({
  flags,
  clock,
}: { flags: { readonly timeout?: number | undefined } } & Pick<Surroundings, 'clock'>) {
  return flags.timeout === undefined ? undefined : { timeoutMs: flags.timeout, startedAt: clock.monotonic() }
}

/** How long the gateway has to stop a run that nobody waits for any more, milliseconds. */
const stopPatienceMs = 2_000

/** Rejects with `usage.invalid` for a session of an agent that the gateway does not have. */
export async function turnOf(gateway: Gateway, sessionKey: string | undefined): Promise<Turn> {
  const { mainSessionKey, defaultAgentId } = gateway.hello.snapshot?.sessionDefaults ?? {}
  const key = sessionKey ?? mainSessionKey ?? canonicalKey('')
  const canonical = canonicalKey(key, defaultAgentId)
  if (sessionKey !== undefined) await demandAgent(gateway, agentIdOf(canonical, defaultAgentId), defaultAgentId)
  return { runId: randomUUID(), sessionKey: key, canonical }
}

async function demandAgent(gateway: Gateway, agentId: string, usual = 'main'): Promise<void> {
  if (agentId === normalizeAgentId(usual)) return
  const { agents } = await gateway.call('agents.list', {})
  if (agents.some(({ id }) => normalizeAgentId(id) === agentId)) return
  const names = agents.map(({ id }) => oneLine(id)).join(', ')
  throw new Fault('usage.invalid', `There is no agent ${oneLine(agentId)} at this gateway`, {
    remedy: `It has: ${names}. A key without agent:<name>: is a session of the agent ${oneLine(usual)}.`,
  })
}

/**
 * Waits for `work`, but not beyond the limit or the signal: then the run is stopped, with the approval it waits for.
 * Rejects with `client.timeout`, or with the signal's reason.
 */
export async function untilWhole<T>(
  gateway: Gateway,
  turn: Turn,
  { world, limit }: { readonly world: Surroundings; readonly limit: Limit | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const leftMs = limit && Math.max(0, limit.startedAt + limit.timeoutMs - world.clock.monotonic())
  const cancel = leftMs === undefined ? () => {} : world.clock.after(leftMs, () => late.abort(new Error('late')))
  const signal = AbortSignal.any([world.signal, late.signal])
  try {
    return await raceAbort(work(signal), signal)
  } catch (error) {
    const isUnheard = error instanceof Fault && error.code === 'client.timeout'
    const isStopped = signal.aborted || isUnheard ? await stop(gateway, turn) : false
    if (world.signal.aborted || !late.signal.aborted) throw error
    throw tooLate(limit?.timeoutMs ?? 0, isStopped)
  } finally {
    cancel()
  }
}

async function stop(gateway: Gateway, { sessionKey, runId }: Turn): Promise<boolean> {
  try {
    await gateway.call('chat.abort', { sessionKey, runId }, { signal: AbortSignal.timeout(stopPatienceMs) })
    return true
  } catch {
    return false // leaving all the same
  }
}

function tooLate(timeoutMs: number, isStopped: boolean): Fault {
  const end = isStopped ? 'and was stopped' : 'and the gateway does not say that it was stopped'
  return new Fault('client.timeout', `The answer was not complete within ${timeoutMs} ms, ${end}`, {
    remedy: 'Allow more with --timeout <ms>; without it there is no limit.',
  })
}

/** Hands over what the gateway tells from now on. What only a person can do is said on standard error, and never done from here. */
export function follow(
  gateway: Gateway,
  turn: Turn,
  world: Surroundings,
  take: (event: GatewayEvent) => void = () => {},
): void {
  const flow = new EventFlow()
  flow.attached(undefined)
  const told = new Set<string>()
  const tell = (approval: PendingApproval) => {
    const { sessionKey } = approval.request
    if (told.has(approval.id) || (sessionKey && sessionKey !== turn.canonical)) return
    told.add(approval.id)
    notice(approval, gateway, world)
  }
  gateway.rpc.events((raw) => {
    const { event } = flow.accept(raw)
    if (!event) return
    if (event.name === 'exec.approval.requested') tell(event.payload)
    if (event.name === 'chat' && event.payload.runId === turn.runId && event.payload.phase === 'queued') {
      world.err(`⏳ Another message of this session is answered first: ${oneLine(turn.sessionKey)}\n`)
      // What that one waits for was told before we came.
      void waiting(gateway).then((approvals) => approvals.forEach(tell))
    }
    take(event)
  })
}

/** Empty where the gateway does not tell us. */
async function waiting(gateway: Gateway): Promise<readonly PendingApproval[]> {
  const answer = await gateway.call('exec.approval.list', {}).catch(() => undefined)
  return answer && 'approvals' in answer ? answer.approvals : []
}

function notice({ request }: PendingApproval, { target }: Gateway, world: Surroundings): void {
  const where = request.where ?? request.host ?? 'the gateway'
  const profile = target.source === '--profile' ? ` --profile ${target.name}` : ''
  world.err(`⏸ A command waits for approval on ${oneLine(where)}: ${oneLine(request.command)}\n`)
  world.err(`  To answer it, open the terminal in another window: clawdbot${profile}\n`)
}
