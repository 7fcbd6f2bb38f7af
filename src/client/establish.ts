/** From a tunnel to a greeted gateway: dial, upgrade, challenge, connect; once more with the shared secret if need be. */

import { Fault } from '../shared/fault.ts'
import type { HelloOk } from '../shared/protocol/connect.ts'
import { gatewayNonceHeader } from '../shared/protocol/gateway-proof.ts'
import { shutdown } from '../shared/protocol/health.ts'
import { RpcClient } from '../shared/rpc/client.ts'
import type { Vocabulary } from '../shared/rpc/vocabulary.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { Secret } from '../shared/std/secret.ts'
import { deadline, isTimeout, raceAbort } from '../shared/std/signal.ts'
import type { LayerEvent } from '../tunnel/layer.ts'
import type { Tunnel } from '../tunnel/tunnel.ts'
import { type AskPairCode, awaitApproval, takesPairCode } from './approval-wait.ts'
import { checkKnown, type GatewayKeys, newNonce, provenKey } from './gateway-keys.ts'
import {
  type Challenge,
  type Credentials,
  connectParams,
  type Introduction,
  isSecretRefused,
  notAGateway,
  readHello,
  refusalFault,
  refusalOf,
  roleOf,
} from './handshake.ts'
import type { DeviceTokens, Identity } from './identity.ts'
import { type GatewaySocket, openSocket, type SocketEnd } from './socket.ts'

/** A gateway on this machine that sends no challenge is greeted without one after this long, milliseconds (section 3). */
const challengePatienceMs = 750
/** From the first packet to `hello-ok`, milliseconds, unless told otherwise. */
const establishTimeoutMs = 10_000

export type Greeter = {
  readonly who: Introduction
  readonly identity: Identity
  readonly tokens: DeviceTokens
  readonly keys: GatewayKeys
  /** All ways that lead to this one gateway, as origins: known by one of them, it has to prove itself by the others too. */
  readonly origins: readonly string[]
  /** The gateway's own secret, from wherever it is kept; asked for only when no device token will do. */
  readonly secret: (signal: AbortSignal) => Promise<Credentials>
  /** Told when the gateway does not accept it. */
  readonly secretRefused?: (() => void) | undefined
  /** What to do about a missing or wrong secret, if it is not one of the flags. */
  readonly secretRemedy?: string | undefined
  /** The secret was typed for this run: it goes before a stored device token. */
  readonly isSecretExplicit: boolean
  /** What the person typed for this connection; sent until it is in. */
  readonly pairCode?: Secret | undefined
  /** Asked when the gateway wants this device approved. */
  readonly askPairCode: AskPairCode
  readonly clock: Clock
  readonly vocabulary: Vocabulary
}

export type LinkEvents = {
  /** `gateway` begins once there is a stream to it, and is up with its hello. */
  onLayer?(event: LayerEvent): void
  /** Any sign of life: a frame or a pong. */
  onHeard?(pong?: string): void
  /** Once, after the link was established and was lost. */
  onLost(fault: Fault): void
}

/** An established connection: everything a caller needs, nothing of how it came about. */
export type Link = {
  readonly rpc: RpcClient
  readonly hello: HelloOk
  ping(mark: string): void
  close(): void
}

/**
 * Rejects with a `Fault`, or with the signal's reason. A stale device token is dropped and the secret tried once; a device
 * that has to be approved waits for that as long as a person may still type a code. Each greeting has its time; a person
 * who is asked takes theirs.
 */
export async function establish(
  tunnel: Tunnel,
  greeter: Greeter,
  events: LinkEvents,
  signal: AbortSignal,
  timeoutMs: number = establishTimeoutMs,
): Promise<Link> {
  const greeting = { tunnel, greeter, events, signal, timeoutMs, pairCode: greeter.pairCode }
  try {
    return await logIn(greeting)
  } catch (error) {
    if (!takesPairCode(error)) throw error
    const { askPairCode: ask, clock } = greeter
    // The layer began with the first try; looking again and again is no news of it.
    const onLayer = (event: LayerEvent) => event.state === 'up' && events.onLayer?.(event)
    const enter = (pairCode: Secret | undefined, signal: AbortSignal) =>
      logIn({ ...greeting, events: { ...events, onLayer }, signal, pairCode })
    return await awaitApproval(error, { ask, enter, clock, signal })
  }
}

async function logIn(greeting: Greeting): Promise<Link> {
  const { tunnel, greeter, signal } = greeting
  const { tokens, isSecretExplicit } = greeter
  const role = roleOf(greeter.who)
  const stored = isSecretExplicit ? undefined : await tokens.get(tunnel.origin, role)
  if (!stored) return await greet(greeting, await greeter.secret(signal))
  try {
    return await greet(greeting, { token: stored }, true)
  } catch (error) {
    if (!(error instanceof StaleToken)) throw error
    await tokens.drop(tunnel.origin, role)
    const secret = await greeter.secret(signal)
    if (!secret.token && !secret.password) throw error.fault
    return await greet(greeting, secret)
  }
}

type Greeting = {
  readonly tunnel: Tunnel
  readonly greeter: Greeter
  readonly events: LinkEvents
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly pairCode: Secret | undefined
}

/** The device token that was sent is no longer good; `fault` is what to say when there is nothing else to try. */
class StaleToken extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.message)
    this.fault = fault
  }
}

async function greet(greeting: Greeting, secret: Credentials, isStored = false): Promise<Link> {
  const { tunnel, timeoutMs } = greeting
  const limit = deadline(timeoutMs, greeting.signal)
  try {
    return await greetWithin({ ...greeting, signal: limit }, secret, isStored)
  } catch (error) {
    if (!isTimeout(error)) throw error
    throw new Fault('client.timeout', `${tunnel.origin} did not answer within ${timeoutMs} ms`, {
      remedy:
        'Check that it is a gateway and that nothing between swallows the connection; allow more with --timeout <ms>.',
      retryable: true,
      cause: error,
    })
  }
}

async function greetWithin(greeting: Greeting, secret: Credentials, isStored: boolean): Promise<Link> {
  const { tunnel, greeter, events, signal } = greeting
  const { who, identity, tokens, keys, clock } = greeter
  const { origin } = tunnel
  const wire = await openWire(greeting)
  try {
    const expected = await keys.expected(origin, greeter.origins)
    const challenge = await wire.challenge(expected !== undefined)
    const shown = provenKey(challenge, wire.nonce)
    checkKnown(origin, expected, shown, tunnel.url.isLoopback)
    const { pairCode } = greeting
    const params = connectParams(who, identity, { ...secret, pairCode }, challenge, clock.now())
    const answer = await wire.rpc.request('connect', params, { signal, timeoutMs: 0 })
    const hello = readHello(answer, origin)
    const issued = hello.auth?.deviceToken
    if (shown && expected?.by !== origin) await keys.pin(origin, shown)
    if (issued) await tokens.set(origin, roleOf(who), issued)
    wire.socket.limitPayload(hello.policy.maxPayload ?? 512 * 1024)
    events.onLayer?.({ layer: 'gateway', state: 'up', detail: `protocol ${hello.protocol}` })
    wire.established()
    return { rpc: wire.rpc, hello, ping: (mark) => wire.socket.ping(mark), close: () => wire.close() }
  } catch (error) {
    wire.close()
    const refusal = refusalOf(error)
    if (!refusal) throw error
    const fault = refusalFault(refusal, origin, greeter.secretRemedy, isStored ? {} : secret)
    if (!isSecretRefused(refusal)) throw fault
    if (isStored) throw new StaleToken(fault)
    greeter.secretRefused?.()
    throw fault
  }
}

type Wire = {
  /** What the gateway was asked to sign. */
  nonce: string
  rpc: RpcClient
  socket: GatewaySocket
  /** The challenge; undefined when a gateway on this machine sends none, unless one must come. */
  challenge(isRequired: boolean): Promise<Challenge | undefined>
  /** From now on a loss is reported to `onLost`. */
  established(): void
  close(): void
}

/** The socket and its typed client, wired before the first message can arrive. */
async function openWire({ tunnel, greeter, events, signal }: Greeting): Promise<Wire> {
  const { clock, vocabulary } = greeter
  const { url, origin } = tunnel
  const stream = await tunnel.dial(signal)
  events.onLayer?.({ layer: 'gateway', state: 'begun' })
  let isStopping = false
  const rpc = new RpcClient({
    clock,
    vocabulary: withGoodbye(vocabulary),
    send: (text) => socket.send(text),
    overhear: (event) => {
      if (event.name === shutdown.name) isStopping = event.payload.restartExpectedMs === null
    },
  })
  let isEstablished = false
  let isClosed = false
  let challenged = (_: Challenge) => {}
  const challenge = new Promise<Challenge>((resolve) => {
    challenged = resolve
  })
  const stop = rpc.events((event) => {
    if (event.name !== 'connect.challenge') return
    stop()
    challenged(event.payload)
  })
  const nonce = newNonce()
  const socket = await openSocket(
    stream,
    { url, origin, clock, headers: { [gatewayNonceHeader]: nonce } },
    {
      onText(text) {
        if (isClosed) return
        events.onHeard?.()
        rpc.receive(text)
      },
      onPong: (mark) => events.onHeard?.(mark),
      onEnd(end) {
        const fault = endFault(end, origin, { isEstablished, isStopping })
        rpc.end(fault)
        if (isEstablished && !isClosed) events.onLost(fault)
      },
    },
    signal,
  )
  return {
    nonce,
    rpc,
    socket,
    challenge: async (isRequired) => {
      const lost = rpc.lost.then((fault) => Promise.reject(fault))
      lost.catch(() => {}) // it may be lost later, or heard by nobody
      if (isRequired || !url.isLoopback) return await raceAbort(Promise.race([challenge, lost]), signal)
      let cancel = () => {}
      const patience = new Promise<undefined>((resolve) => {
        cancel = clock.after(challengePatienceMs, () => resolve(undefined))
      })
      return await raceAbort(Promise.race([challenge, patience, lost]), signal).finally(() => cancel())
    },
    established: () => {
      isEstablished = true
    },
    close: () => {
      isClosed = true
      socket.close()
      rpc.end(new Fault('client.closed', 'The connection was closed'))
    },
  }
}

/** Whoever knows few events hears all the same how the gateway leaves. */
function withGoodbye({ method, event }: Vocabulary): Vocabulary {
  return { method, event: (name) => (name === shutdown.name ? shutdown : event(name)) }
}

/**
 * Close codes of section 1.3 as faults. Before the hello a close frame's text is all an older gateway says; 1012 is a stop,
 * too, and only the event before it tells which.
 */
function endFault(
  { code, reason, error }: SocketEnd,
  origin: string,
  { isEstablished, isStopping }: { isEstablished: boolean; isStopping: boolean },
): Fault {
  if (!isEstablished && (code === 1008 || code === 1002) && reason !== '')
    return refusalFault({ message: reason }, origin)
  if (!isEstablished && code === 1000) return notAGateway(origin, 'closed without a greeting')
  if (code === 1012) {
    const how = isStopping ? 'has stopped' : 'is restarting'
    return new Fault('client.closed', `The gateway at ${origin} ${how}`, {
      retryable: true,
      retryAfterMs: 250,
      details: { isOver: true }, // whatever it was doing ended with it
    })
  }
  if (code === 1013) {
    return new Fault('client.closed', `The gateway at ${origin} is not ready (${reason || 'try again later'})`, {
      retryable: true,
      retryAfterMs: 1000,
    })
  }
  const why = reason || error?.message || `code ${code}`
  return new Fault('client.closed', `The connection to ${origin} was lost (${why})`, {
    remedy: 'It is tried again by itself.',
    retryable: true,
    ...(error ? { cause: error } : {}),
  })
}
