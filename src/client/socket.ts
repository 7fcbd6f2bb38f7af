/** One WebSocket over a stream the tunnel gave: text in, text out, a bounded queue, and an end with its reason. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { Fault } from '../shared/fault.ts'
import { maxClientPayloadBytes } from '../shared/protocol/frame.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { GatewayUrl } from '../tunnel/gateway-url.ts'

/** Most bytes waiting to leave for a peer that does not read (TU21). */
export const sendQueueBytes = 8 * 1024 * 1024
/** How long a polite close may take before the stream is cut, milliseconds. Real peers often skip it (trap 3). */
const closePatienceMs = 500

export type SocketEnd = { readonly code: number; readonly reason: string; readonly error: Error | undefined }

export type SocketEvents = {
  onText(text: string): void
  /** With the mark of the ping it answers. */
  onPong(mark: string): void
  /** Once, after `openSocket` resolved; never when `close` was called. */
  onEnd(end: SocketEnd): void
}

export type GatewaySocket = {
  /** Throws a `Fault` when the message is longer than the gateway takes, or the queue is full. */
  send(text: string): void
  /** `mark` comes back with the answer; at most 125 bytes (RFC 6455, 5.5). */
  ping(mark: string): void
  /** What the gateway said it accepts; bytes. */
  limitPayload(bytes: number): void
  close(): void
}

export type SocketTarget = {
  readonly url: GatewayUrl
  /** How messages call it. */
  readonly origin: string
  readonly clock: Clock
  readonly headers?: Readonly<Record<string, string>>
}

/** Upgrades `stream`. Redirects are not followed (AU18); anything but an upgrade is `client.not-a-gateway`. */
export function openSocket(
  stream: Duplex,
  { url, origin, clock, headers = {} }: SocketTarget,
  events: SocketEvents,
  signal: AbortSignal,
): Promise<GatewaySocket> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url.href, {
      createConnection: () => stream as never, // typed as a TCP socket; any Duplex serves
      headers,
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: maxClientPayloadBytes,
      skipUTF8Validation: false,
    })
    let failure: Error | undefined
    let isOpen = false
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', onAbort)
      ws.terminate()
      stream.destroy()
      reject(error)
    }
    const onAbort = () => fail(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    ws.on('message', (data) => events.onText(String(data)))
    ws.on('pong', (mark) => events.onPong(String(mark)))
    ws.on('unexpected-response', (_request, response) => fail(responseFault(origin, response)))
    ws.on('error', (error) => {
      failure ??= error
      if (!isOpen) fail(upgradeFault(origin, error))
    })
    ws.on('close', (code, reason) => {
      if (isOpen) events.onEnd({ code, reason: reason.toString('utf8'), error: failure })
    })
    ws.on('open', () => {
      isOpen = true
      signal.removeEventListener('abort', onAbort)
      resolve(wrap(ws, clock))
    })
  })
}

function wrap(ws: WebSocket, clock: Clock): GatewaySocket {
  let limitBytes = maxClientPayloadBytes
  return {
    send(text) {
      const bytes = Buffer.byteLength(text)
      if (bytes > limitBytes) throw tooLong(bytes, limitBytes)
      if (ws.bufferedAmount + bytes > sendQueueBytes) throw queueFull()
      ws.send(text)
    },
    ping(mark) {
      if (ws.readyState === WebSocket.OPEN) ws.ping(mark)
    },
    limitPayload(bytes) {
      limitBytes = bytes
    },
    close() {
      ws.removeAllListeners('close')
      ws.close()
      clock.after(closePatienceMs, () => ws.terminate(), { unref: true })
    },
  }
}

function tooLong(bytes: number, limitBytes: number): Fault {
  return new Fault('client.call-failed', `This message has ${bytes} bytes, and the gateway takes ${limitBytes}`, {
    remedy: 'Shorten it, or attach fewer files.',
  })
}

function queueFull(): Fault {
  return new Fault('client.closed', 'The gateway does not read: too much waits to be sent', {
    remedy: 'Wait a moment; the connection is replaced if it stays silent.',
    retryable: true,
  })
}

function responseFault(origin: string, response: IncomingMessage): Fault {
  const status = response.statusCode ?? 0
  if ([429, 502, 503, 504].includes(status)) {
    return new Fault('client.unreachable', `The gateway at ${origin} is busy or starting (HTTP ${status})`, {
      remedy: 'It is tried again by itself.',
      retryable: true,
    })
  }
  return new Fault('client.not-a-gateway', `${origin} answers with HTTP ${status}, not as a gateway`, {
    remedy: 'Check host and port; a gateway usually listens on 18789.',
    details: { status },
  })
}

function upgradeFault(origin: string, error: Error): Fault {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const isCut = code === 'ECONNRESET' || code === 'EPIPE' || error.message === 'socket hang up'
  return new Fault('client.not-a-gateway', `${origin} ${isCut ? 'hung up' : 'does not answer like a gateway'}`, {
    remedy: 'Check host and port; a gateway usually listens on 18789.',
    cause: error,
    retryable: isCut,
  })
}
