/** What people write for a machine of their tailnet: its name, its `https://` address, its tailnet IP. Pure. */

import { isIP, isIPv4 } from 'node:net'

export type PeerName =
  /** One label, or a whole MagicDNS name; lower case, no dot at the end. */
  | { readonly kind: 'name'; readonly name: string; readonly servePort: number }
  | { readonly kind: 'address'; readonly address: string; readonly servePort: number }

/** `servePort` is where Tailscale Serve listens there: 443, or the port of an `https://` address. Undefined: no such name. */
export function parsePeerName(text: string): PeerName | undefined {
  const written = text.trim()
  const address = written.replace(/^\[|\]$/g, '')
  if (isIP(address) !== 0) {
    return isTailnetAddress(address) ? { kind: 'address', address: canonical(address), servePort: 443 } : undefined
  }
  const isAddress = /^(https|wss):\/\//i.test(written)
  const url = URL.parse(isAddress ? written.replace(/^\w+/, 'https') : `https://${written}`)
  if (url?.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined
  if (url.pathname !== '/' || (!isAddress && (url.port !== '' || written.includes('/')))) return undefined
  const name = url.hostname.replace(/\.$/, '')
  const servePort = Number(url.port || 443)
  const bare = name.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return isTailnetAddress(bare) ? { kind: 'address', address: bare, servePort } : undefined
  return isHostName(name) ? { kind: 'name', name, servePort } : undefined
}

/** The same machine as it stands before a port: `desktop.tail1234.ts.net`, `[fd7a:115c:a1e0::1]`. */
export function peerHost(text: string): string {
  const parsed = parsePeerName(text)
  const name = parsed?.kind === 'address' ? parsed.address : (parsed?.name ?? text.toLowerCase())
  return name.includes(':') ? `[${name}]` : name
}

/** 100.64.0.0/10 (RFC 6598) and fd7a:115c:a1e0::/48, which Tailscale gives addresses from. Not proof of a tailnet: ISPs use the first. */
export function isTailnetAddress(address: string): boolean {
  if (isIPv4(address)) {
    const [a, b = 0] = address.split('.').map(Number)
    return a === 100 && b >= 64 && b < 128
  }
  return isIP(address) === 6 && canonical(address).startsWith('fd7a:115c:a1e0:')
}

/** One spelling per address, as `tailscale status` prints it. */
function canonical(address: string): string {
  if (isIPv4(address)) return address
  return new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.replace(/^\[|\]$/g, '')
}

function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
}
