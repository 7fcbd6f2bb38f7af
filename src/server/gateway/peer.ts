/** One socket from upgrade to close: challenge, handshake, then requests in and queued frames out. */

import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import { maxPreAuthBytes, parseRequest } from '../../shared/protocol/frame.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { HandshakeFacts, Verdict } from './admission/handshake.ts'
import type { Source } from './admission/local.ts'
import type { GivenSecret, PasswordCheck } from './admission/password-check.ts'
import { closeReason } from './admission/refusal.ts'
import type { Peer } from './context.ts'
import { type Caller, type Dispatch, errorResponse, okResponse } from './dispatch.ts'
import type { Outgoing } from './outlet/outgoing.ts'
import { SendQueue } from './outlet/send-queue.ts'

/** The first message must have come by then (TR6). */
const handshakeMs = 10_000
/** How long a peer may take to answer our close before its socket is cut. */
const closeGraceMs = 1_000
/** With this much waiting for a peer, nothing more is read from it: who asks faster than it reads is slowed, not cut off. */
const pauseAboveBytes = 1024 * 1024
/** Most bytes of frame header before a payload (RFC 6455, section 5.2). */
const maxFrameHeader = 14

export type ConnectionPorts = {
  clock: Clock
  dispatch: Dispatch
  /** For a peer that asked for it: proof of who we are, bound to our nonce. */
  prove(nonce: string): Readonly<Record<string, string>> | undefined
  judge(text: string, facts: HandshakeFacts): Verdict
  /** Hashes the password of a message that was `undecided`. */
  decide(given: GivenSecret): Promise<PasswordCheck>
  /** The payload of `hello-ok`. */
  welcome(connection: Connection, verdict: Verdict & { kind: 'accepted' }): unknown
  /** The hello is on its way; events may follow. */
  onLive(connection: Connection): void
  onRefused(verdict: Verdict & { kind: 'refused' }, source: Source): void
  /** Something of ours threw over a message; the connection is closed with 1011. */
  onFailed(error: unknown, connection: Connection): void
  /** Once, with the peer if the handshake had succeeded. */
  onClosed(connection: Connection): void
  onSequenced(connId: string, position: number | undefined): void
}

type Phase = 'greeting' | 'judging' | 'refused' | 'live' | 'closed'

export class Connection implements Caller {
  readonly connId = randomUUID()
  readonly source: Source
  inFlight = 0
  /** Resolves when the socket is gone, at most a moment after `close`. */
  readonly gone: Promise<void>
  /** Monotonic time of the last sign of life. */
  heardAt: number
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #ports: ConnectionPorts
  readonly #nonce = randomUUID()
  readonly #ending = new AbortController()
  readonly #queue: SendQueue
  #phase: Phase = 'greeting'
  #peer: Peer | undefined
  #cancelDeadline: () => void
  #isCorked = false

  constructor(socket: WebSocket, stream: Duplex, source: Source, ports: ConnectionPorts) {
    this.#socket = socket
    this.#stream = stream
    this.#ports = ports
    this.source = source
    this.heardAt = ports.clock.monotonic()
    this.#queue = new SendQueue({
      sink: { send: (text) => this.#write(text), bufferedBytes: () => socket.bufferedAmount },
      onOverflow: () => this.close(1008, 'slow consumer'),
      onSequenced: (_, position) => ports.onSequenced(this.connId, position),
    })
    this.#cancelDeadline = ports.clock.after(handshakeMs, () => this.close(1000, ''), { unref: true })
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()))
    this.#listen()
    const gateway = ports.prove(this.#nonce)
    const challenge = { nonce: this.#nonce, ts: ports.clock.now(), capabilities: [], ...(gateway && { gateway }) }
    this.#write(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: challenge }))
  }

  /** Who this is; only after the handshake. */
  get peer(): Peer {
    if (!this.#peer) throw new Error('this connection has not been accepted')
    return this.#peer
  }

  get isLive(): boolean {
    return this.#phase === 'live'
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  respond(text: string): void {
    this.#queue.pushText(text)
  }

  push(item: Outgoing, position?: number): void {
    this.#queue.push(item, position)
  }

  ping(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  /** Says goodbye and cuts the socket if the peer does not answer in time. */
  close(code: number, reason: string): void {
    if (this.#phase === 'closed') return
    this.#socket.close(code, closeReason(reason))
    this.#ended()
    this.#ports.clock.after(closeGraceMs, () => this.#socket.terminate(), { unref: true })
  }

  /** Ends the connection without a word, for peers that are gone. */
  cut(): void {
    this.#socket.terminate()
    this.#ended()
  }

  #listen(): void {
    const socket = this.#socket
    socket.on('message', (data, isBinary) => this.#received(data, isBinary))
    socket.on('pong', () => this.#heard())
    socket.on('ping', () => this.#heard())
    socket.on('close', () => this.#ended())
    // A broken frame or a reset: `ws` closes the socket itself, and 'close' follows.
    socket.on('error', () => {})
    this.#stream.on('drain', () => this.#drained())
    this.#limitGreeting()
  }

  /**
   * Counts bytes until the peer is accepted, so that a long first frame is refused while it arrives and not once it is
   * in memory (IN2). `ws` itself refuses a longer one than its own limit from the header alone.
   */
  #limitGreeting(): void {
    let received = 0
    const count = (chunk: Buffer) => {
      if (this.#phase === 'live' || this.#phase === 'closed') this.#stream.off('data', count)
      else {
        received += chunk.length
        if (received > maxPreAuthBytes + maxFrameHeader) this.#refuseSize()
      }
    }
    this.#stream.on('data', count)
  }

  #refuseSize(): void {
    if (this.#phase === 'closed') return
    // Whatever else arrives is thrown away unread.
    this.#stream.removeAllListeners('data')
    this.#stream.resume()
    this.close(1009, '')
  }

  #received(data: RawData, isBinary: boolean): void {
    this.#heard()
    try {
      this.#take(data as Buffer, isBinary)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** A message that we fail over costs its connection, never the gateway. */
  #failed(error: unknown): void {
    this.#ports.onFailed(error, this)
    this.close(1011, 'internal error')
  }

  #take(bytes: Buffer, isBinary: boolean): void {
    if (this.#phase === 'greeting' && bytes.length > maxPreAuthBytes) this.#refuseSize()
    // `ws` has checked text; a binary message holding JSON is taken too (section 1.1).
    else if (isBinary && !isUtf8(bytes)) this.close(1007, 'Invalid UTF-8')
    else if (this.#phase === 'greeting') this.#greet(bytes.toString())
    else if (this.#phase === 'live') this.#request(bytes.toString())
    // Nobody has anything to say before the answer to the first message.
    else if (this.#phase === 'judging') this.close(1008, 'wait for the answer to connect')
  }

  #drained(): void {
    this.#queue.drained()
    if (this.#socket.isPaused && this.#queue.queuedBytes === 0) this.#socket.resume()
  }

  #request(text: string): void {
    if (this.#queue.queuedBytes > pauseAboveBytes) this.#socket.pause()
    const parsed = parseRequest(text)
    if (parsed.kind === 'request') this.#ports.dispatch(this, parsed.frame)
    else if (parsed.kind === 'invalid') {
      const message = `invalid request frame: ${parsed.reason}`
      this.respond(errorResponse(parsed.id, { code: 'INVALID_REQUEST', message }))
    }
  }

  #greet(text: string): void {
    const { clock } = this.#ports
    const facts = { connId: this.connId, nonce: this.#nonce, now: clock.now(), source: this.source }
    const verdict = this.#ports.judge(text, facts)
    if (verdict.kind === 'undecided')
      this.#decide(text, facts, verdict.given).catch((error: unknown) => this.#failed(error))
    else this.#answer(verdict)
  }

  /** The message came in time; whoever has left meanwhile is counted all the same. */
  async #decide(text: string, facts: HandshakeFacts, given: GivenSecret): Promise<void> {
    this.#phase = 'judging'
    this.#cancelDeadline()
    const checked = await this.#ports.decide(given)
    if (!this.#isJudging && checked === 'match') return
    const verdict = this.#ports.judge(text, { ...facts, checked })
    if (this.#isJudging && verdict.kind !== 'undecided') this.#answer(verdict)
  }

  get #isJudging(): boolean {
    return this.#phase === 'judging'
  }

  #answer(verdict: Exclude<Verdict, { kind: 'undecided' }>): void {
    const { clock } = this.#ports
    if (verdict.kind === 'refused') {
      this.#phase = 'refused'
      this.#ports.onRefused(verdict, this.source)
      if (verdict.delayMs === 0) this.#refuse(verdict)
      else clock.after(verdict.delayMs, () => this.#refuse(verdict), { unref: true })
      return
    }
    this.#phase = 'live'
    this.#peer = verdict.peer
    this.#cancelDeadline()
    this.respond(okResponse(verdict.requestId, this.#ports.welcome(this, verdict)))
    this.#ports.onLive(this)
  }

  #refuse({ answer, close }: Verdict & { kind: 'refused' }): void {
    if (this.#phase === 'closed') return
    if (answer) this.respond(errorResponse(answer.id, answer.error))
    this.close(close.code, close.reason)
  }

  #heard(): void {
    this.heardAt = this.#ports.clock.monotonic()
  }

  /** Frames of one turn of the event loop leave in one system call. */
  #write(text: string): void {
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#stream.cork()
      process.nextTick(() => {
        this.#isCorked = false
        this.#stream.uncork()
      })
    }
    this.#socket.send(text)
  }

  #ended(): void {
    if (this.#phase === 'closed') return
    // Aborting makes an error with its stack, which is a tenth of what a flood costs; only calls listen, and strangers have none.
    if (this.#phase === 'live') this.#ending.abort()
    this.#phase = 'closed'
    this.#cancelDeadline()
    this.#queue.close()
    this.#ports.onClosed(this)
  }
}
