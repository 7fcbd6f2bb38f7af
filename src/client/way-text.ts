/** Where a gateway is, as a person writes it in one word: an address, a machine of the tailnet, or a host of SSH. Pure. */

import type { SavedWay } from './profile.ts'

export type SshDestination = { readonly host: string; readonly user?: string; readonly port?: number }

/** `[user@]host[:port]`, also as an `ssh://` address; an IPv6 address with a port stands in brackets. */
export function sshDestination(text: string): SshDestination {
  const plain = text.replace(/^ssh:\/\//, '').replace(/\/$/, '')
  const at = plain.lastIndexOf('@')
  const rest = plain.slice(at + 1)
  const [, bracketed, named, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(rest) ?? []
  return {
    host: bracketed ?? named ?? rest,
    ...(at === -1 ? {} : { user: plain.slice(0, at) }),
    ...(port === undefined ? {} : { port: Number(port) }),
  }
}

/** `wss://…` and `https://….ts.net` are addresses, `name.tailnet.ts.net` a machine of the tailnet, everything else is reached by SSH. */
export function readWay(text: string): SavedWay {
  const written = text.trim()
  if (/^wss?:\/\//i.test(written)) return { kind: 'direct', url: written }
  if (/^(https:\/\/)?[\w.-]+\.ts\.net\/?$/i.test(written)) return { kind: 'tailscale', peer: written }
  return { kind: 'ssh', ...sshDestination(written) }
}
