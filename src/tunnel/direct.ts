/** The plain tunnel: one TCP or TLS connection per dial, with an optional certificate pin. Tailscale dials the same way. */

import { connect as connectTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type * as Tls from 'node:tls'
import { Fault } from '../shared/fault.ts'
import { fingerprintText, readFingerprint } from './fingerprint.ts'
import { type GatewayUrl, parseGatewayUrl } from './gateway-url.ts'
import type { LayerEvent } from './layer.ts'
import type { Tunnel } from './tunnel.ts'
import type { DirectWay } from './way.ts'

/** Throws `client.insecure-url` or `usage.invalid` for an address that must not be dialled. Each dial tells its layers. */
export function openDirect(way: DirectWay, onLayer: (event: LayerEvent) => void = () => {}): Tunnel {
  const url = parseGatewayUrl(way.url, way.insecure)
  if (way.tlsFingerprint !== undefined && !url.isSecure) {
    throw new Fault('usage.invalid', `A certificate fingerprint is pinned, but ${url.origin} has no certificate`, {
      remedy: 'Use a wss:// address, or remove the fingerprint.',
    })
  }
  let close = (_: undefined) => {}
  const closed = new Promise<undefined>((resolve) => {
    close = resolve
  })
  return {
    url,
    origin: url.origin,
    route: 'direct',
    dial: (signal) => dialUrl(url, { pin: way.tlsFingerprint, onLayer }, signal),
    closed,
    [Symbol.asyncDispose]: async () => close(undefined),
  }
}

export type DialOptions = {
  /** SHA-256 of the only certificate that will do. */
  readonly pin?: string | undefined
  /** Where to connect instead of asking DNS for the name; the certificate must still be the name's. */
  readonly address?: string | undefined
  readonly onLayer?: (event: LayerEvent) => void
}

/** Rejects with a `Fault`, or with the signal's reason. */
export function dialUrl(url: GatewayUrl, options: DialOptions, signal: AbortSignal): Promise<Duplex> {
  const { pin } = options
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = url.isSecure ? openTls(url, options) : openTcp(url, options)
    if (options.onLayer) tellLayers(url, socket, options.onLayer)
    const settle = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', onError)
      if (error === undefined) return resolve(socket)
      socket.on('error', () => {}) // already reported; a second error must not crash the program
      socket.destroy()
      reject(error)
    }
    const onAbort = () => settle(signal.reason)
    const onError = (error: NodeJS.ErrnoException) => settle(dialFault(url, error))
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('error', onError)
    socket.once(url.isSecure ? 'secureConnect' : 'connect', () => settle(pinFault(url, pin, socket)))
  })
}

/** TLS is part of `tcp`: its version is the detail, and a certificate that is refused breaks that layer. */
function tellLayers({ isNamed, isSecure }: GatewayUrl, socket: Socket, onLayer: (event: LayerEvent) => void): void {
  if (isNamed) {
    onLayer({ layer: 'dns', state: 'begun' })
    socket.once('lookup', (error, address) => {
      if (error) return
      onLayer({ layer: 'dns', state: 'up', detail: address })
      onLayer({ layer: 'tcp', state: 'begun' })
    })
  } else onLayer({ layer: 'tcp', state: 'begun' })
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    const detail = isSecure ? ((socket as Tls.TLSSocket).getProtocol() ?? undefined) : undefined
    onLayer({ layer: 'tcp', state: 'up', detail })
  })
}

/** A name of this machine is never asked of DNS, so a poisoned resolver cannot move plain text off it. */
function openTcp({ host, port, socketPath }: GatewayUrl, { address = host }: DialOptions): Socket {
  if (socketPath !== undefined) return connectTcp({ path: socketPath })
  if (address !== 'localhost') return connectTcp({ host: address, port, noDelay: true, keepAlive: true })
  return connectTcp({
    host,
    port,
    noDelay: true,
    autoSelectFamily: true,
    lookup: (_name, _options, done) => {
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ])
    },
  })
}

/** With a pin the certificate's chain and name do not matter: the fingerprint is compared instead. */
function openTls({ host, port }: GatewayUrl, { pin, address = host }: DialOptions): Tls.TLSSocket {
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':')
  const socket = loadTls().connect({
    host: address,
    port,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: pin === undefined,
    ...(isAddress ? {} : { servername: host }),
  })
  socket.setNoDelay(true)
  return socket
}

function pinFault({ origin }: GatewayUrl, pin: string | undefined, socket: Socket): Fault | undefined {
  if (pin === undefined) return undefined
  const shown = readFingerprint((socket as Tls.TLSSocket).getPeerCertificate().fingerprint256 ?? '')
  if (shown === pin) return undefined
  const [now, before] = [shown === undefined ? '(none)' : fingerprintText(shown), fingerprintText(pin)]
  return new Fault('client.untrusted', `${origin} shows the certificate ${now}, but ${before} is pinned`, {
    remedy:
      'Somebody may be in between. If the gateway has a new certificate, compare it there (clawdbot gateway status) and pin the new one.',
  })
}

function dialFault({ origin, host, socketPath }: GatewayUrl, error: NodeJS.ErrnoException): Fault {
  const code = error.code ?? ''
  if (code === 'ECONNREFUSED' || (socketPath !== undefined && code === 'ENOENT')) {
    return new Fault('client.refused', `Nothing listens at ${origin}`, {
      remedy: 'Start the gateway there with: clawdbot gateway start',
      retryable: true,
      cause: error,
    })
  }
  if (code === 'EACCES' && socketPath !== undefined) {
    return new Fault('client.unreachable', `This account may not open ${socketPath}`, {
      remedy: 'It belongs to the account the gateway runs as; reach that one through SSH.',
      cause: error,
    })
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new Fault('client.unreachable', `There is no host named ${host}, or the name server does not answer`, {
      remedy: 'Check the address and the network.',
      retryable: true,
      cause: error,
    })
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return new Fault('client.not-a-gateway', `${origin} does not speak TLS`, {
      remedy: 'If it is a gateway without TLS, use ws:// (on this machine) or a tunnel.',
      cause: error,
    })
  }
  if (isCertificateError(code)) {
    return new Fault('client.untrusted', `The certificate of ${origin} is not trusted (${code})`, {
      remedy:
        'If it is self-signed, compare its fingerprint on the gateway (clawdbot gateway status) and give it with --tls-fingerprint.',
      cause: error,
    })
  }
  return new Fault('client.unreachable', `${origin} cannot be reached (${code || error.message})`, {
    remedy: 'Check the address, the network and any firewall between.',
    retryable: true,
    cause: error,
  })
}

/** OpenSSL's verification results as Node names them. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function isCertificateError(code: string): boolean {
  return code.includes('CERT') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' || code === 'ERR_TLS_CERT_ALTNAME_INVALID'
}

/** Loaded for the first `wss:` only: most gateways are on this machine. */
function loadTls(): typeof Tls {
  return process.getBuiltinModule('node:tls')
}
