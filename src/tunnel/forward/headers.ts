/**
 * What a forward does with `Host` and `Origin`. Pure.
 *
 * The gateway answers only to its own `Host`, port included (OR2), so a browser at another local port would get 421. The
 * forward therefore says its own name as the gateway's, and nothing else: any other name goes on as it came and the
 * gateway judges it. Except names of this machine with another port, which belong to other programs here and which a
 * gateway on the far side would take for itself: those end here.
 */

import type { GatewayUrl } from '../gateway-url.ts'

/** Names and values in turn, as Node has them in `rawHeaders`. */
export type RawHeaders = readonly string[]

export type Refusal = { readonly status: 400 | 403 | 421; readonly reason: string }

const names = ['127.0.0.1', 'localhost', '[::1]']
const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d*)?$/i
const loopbackOrigin = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d*)?$/i

/** Why a request goes no further; undefined when it may. `port` is the forward's own. */
export function refusalOf(raw: RawHeaders, port: number): Refusal | undefined {
  const hosts = valuesOf(raw, 'host')
  const origins = valuesOf(raw, 'origin')
  if (hosts.length !== 1 || origins.length > 1) {
    return { status: 400, reason: 'A request names one Host and at most one Origin.' }
  }
  if (hosts.some((host) => loopbackHost.test(host) && !namesAt(port).includes(host))) {
    return { status: 421, reason: `This forward answers to 127.0.0.1:${port}.` }
  }
  if (origins.some((origin) => loopbackOrigin.test(origin) && !originsAt(port).includes(origin))) {
    return { status: 403, reason: 'Pages of other programs on this machine may not use this gateway.' }
  }
  return undefined
}

/** The forward's own names become what the gateway at the far end answers to. */
export function translateHeaders(raw: RawHeaders, port: number, gateway: GatewayUrl): string[] {
  return raw.map((text, i) => {
    const name = i % 2 === 1 ? raw[i - 1]?.toLowerCase() : undefined
    if (name === 'host' && namesAt(port).includes(text)) return hostOf(gateway)
    if (name === 'origin' && originsAt(port).includes(text)) return originOf(gateway)
    return text
  })
}

/** Without those that speak of one connection only (RFC 9110, section 7.6.1), which the next one has its own of. */
export function withoutHopByHop(raw: RawHeaders, alsoDrop: readonly string[] = []): string[] {
  const named = valuesOf(raw, 'connection').flatMap((value) => value.toLowerCase().split(/\s*,\s*/))
  const dropped = new Set([...hopByHop, ...named, ...alsoDrop])
  return raw.filter((_, i) => !dropped.has((raw[i - (i % 2)] ?? '').toLowerCase()))
}

const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade']

function valuesOf(raw: RawHeaders, name: string): string[] {
  return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name)
}

function namesAt(port: number): string[] {
  return names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
}

function originsAt(port: number): string[] {
  return names.map((name) => (port === 80 ? `http://${name}` : `http://${name}:${port}`))
}

/** As a browser would write it: the port only where the scheme does not tell it. */
function hostOf({ href }: GatewayUrl): string {
  return new URL(href).host
}

function originOf(gateway: GatewayUrl): string {
  return `${gateway.isSecure ? 'https' : 'http'}://${hostOf(gateway)}`
}
