/** One visit to a gateway's port as a stranger would pay it, and how far that came. Nothing is done with what opens. */

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { WebSocket } from 'ws'
import { version } from '../../shared/build.ts'
import type { ConnectParams } from '../../shared/protocol/connect.ts'
import { proofText } from '../../shared/protocol/device-proof.ts'
import { isRecord, parseJson } from '../../shared/std/json.ts'
import { deadline } from '../../shared/std/signal.ts'

/** A port of this machine, at an address it listens on. Its certificate is not looked at: whoever has the port is who is knocked at. */
export type Door = { readonly host: string; readonly port: number; readonly isSecure: boolean }

export type Knock = {
  readonly headers?: Readonly<Record<string, string>>
  /** Comes with a device of its own, as what is not a program of this machine has to. */
  readonly withDevice?: boolean
  readonly token?: string
}

export type Answer =
  /** Turned away before anything could be said; 0 when nothing answered at all. */
  | { readonly kind: 'closed'; readonly status: number }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'accepted' }

/** A gateway on this machine that takes longer has another problem. */
const patienceMs = 5000

export function knock({ host, port, isSecure }: Door, options: Knock, parent: AbortSignal): Promise<Answer> {
  const signal = deadline(patienceMs, parent)
  const socket = new WebSocket(`${isSecure ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : host}:${port}/`, {
    rejectUnauthorized: false,
    perMessageDeflate: false,
    headers: { ...options.headers },
  })
  return new Promise<Answer>((resolve) => {
    const end = (answer: Answer) => {
      socket.terminate()
      resolve(answer)
    }
    socket.on('error', () => end({ kind: 'closed', status: 0 }))
    socket.on('close', () => end({ kind: 'refused', code: 'closed' }))
    socket.on('unexpected-response', (_request, response) => end({ kind: 'closed', status: response.statusCode ?? 0 }))
    signal.addEventListener('abort', () => end({ kind: 'closed', status: 0 }), { once: true })
    socket.on('message', (data) => {
      const frame = parseJson(data.toString())
      if (!frame.ok || !isRecord(frame.value)) return
      const { type, event, payload, ok, error } = frame.value
      if (type === 'event' && event === 'connect.challenge') {
        socket.send(
          JSON.stringify({ type: 'req', id: 'knock', method: 'connect', params: introduction(options, payload) }),
        )
      } else if (type === 'res') {
        end(ok === true ? { kind: 'accepted' } : { kind: 'refused', code: codeOf(error) })
      }
    })
  })
}

/** Status of a plain request; 0 when nothing answered. */
export function ask(
  { host, port, isSecure }: Door,
  { method, path, headers, body }: { method: string; path: string; headers?: Record<string, string>; body?: string },
  parent: AbortSignal,
): Promise<number> {
  const signal = deadline(patienceMs, parent)
  return new Promise((resolve) => {
    const { request: send } = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http')
    const where = {
      host,
      port,
      method,
      path,
      headers,
      signal,
      agent: false as const,
      rejectUnauthorized: false,
    }
    const sent = send(where, (response) => {
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', () => resolve(0))
    sent.end(body)
  })
}

function codeOf(error: unknown): string {
  if (!isRecord(error)) return 'unknown'
  const { code, details } = error
  return String((isRecord(details) ? details.code : undefined) ?? code)
}

function introduction({ withDevice, token }: Knock, challenge: unknown): ConnectParams {
  const client = { id: 'cli', version, platform: process.platform, mode: 'probe' as const }
  const scopes = ['operator.read']
  const { nonce, ts } = (isRecord(challenge) ? challenge : {}) as { nonce?: string; ts?: number }
  return {
    minProtocol: 3,
    maxProtocol: 4,
    client,
    role: 'operator',
    scopes,
    ...(token === undefined ? {} : { auth: { token } }),
    ...(withDevice ? { device: freshDevice(nonce ?? '', ts ?? 0, scopes, client, token ?? '') } : {}),
  }
}

function freshDevice(
  nonce: string,
  signedAt: number,
  scopes: readonly string[],
  client: ConnectParams['client'],
  token: string,
): NonNullable<ConnectParams['device']> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'jwk' }).x ?? ''
  const id = createHash('sha256').update(Buffer.from(raw, 'base64url')).digest('hex')
  const text = proofText('v3', {
    deviceId: id,
    clientId: client.id,
    clientMode: client.mode,
    role: 'operator',
    scopes,
    signedAtMs: signedAt,
    token,
    nonce,
    platform: client.platform,
    deviceFamily: undefined,
  })
  return {
    id,
    publicKey: raw,
    signature: sign(null, Buffer.from(text), privateKey).toString('base64url'),
    signedAt,
    nonce,
  }
}

/** A secret nobody has. */
export const wrongToken = (): string => randomBytes(32).toString('base64url')
