/** The ways to reach a gateway, as they are saved. A profile lists one or more of them; none ever holds a secret. */

import * as z from 'zod'
import { once } from '../shared/std/once.ts'
import { readFingerprint } from './fingerprint.ts'
import { parsePeerName } from './tailscale/peer-name.ts'

/** A pin as it is kept; see `readFingerprint`. */
const fingerprint = () =>
  z
    .string()
    .transform((text) => readFingerprint(text) ?? '')
    .pipe(z.string().min(1, 'must be the 64 hex digits of a SHA-256 fingerprint'))

const port = () => z.int().min(1).max(65_535)

const directWay = () =>
  z.strictObject({
    kind: z.literal('direct'),
    /** `ws://` or `wss://`; see `parseGatewayUrl`. */
    url: z.string().min(1).max(2048),
    tlsFingerprint: fingerprint().optional(),
    /** The person typed `--insecure` for this very address. */
    insecure: z.boolean().optional(),
  })

/** A host name, address or alias of `~/.ssh/config`. What begins with `-` would be an option to a command (TU7). */
const sshHost = () =>
  z
    .string()
    .min(1)
    .max(255)
    .regex(/^[A-Za-z0-9_.:%[\]][A-Za-z0-9_.:%[\]-]*$/, 'is not a host name, address or alias')
const sshUser = () =>
  z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\$+-]*$/, 'is not a user name')

const sshWay = () =>
  z.strictObject({
    kind: z.literal('ssh'),
    host: sshHost(),
    /** These three, when absent, are what `~/.ssh/config` says. */
    user: sshUser().optional(),
    port: port().optional(),
    /** Path of a private key; tried before the configured ones. */
    identity: z.string().min(1).max(4096).optional(),
    /** `[user@]host[:port]` each, the first hop first; replaces `ProxyJump`. An empty list means none. */
    jump: z.array(z.string().min(1).max(400)).max(8).optional(),
    /** Where the gateway listens on that host: its port on loopback (18789 when absent), or its unix socket. */
    gatewayPort: port().optional(),
    gatewaySocket: z.string().startsWith('/', 'must begin with /').max(104).optional(),
    /** `auto` takes ssh2 in this process, and the system's `ssh -W` for what ssh2 cannot do. */
    engine: z.enum(['auto', 'ssh2', 'system']).optional(),
  })

const tailscaleWay = () =>
  z.strictObject({
    kind: z.literal('tailscale'),
    /** A machine's name, its MagicDNS name or `https://` address, or an address of the tailnet. */
    peer: z
      .string()
      .min(1)
      .max(280)
      .refine((text) => parsePeerName(text) !== undefined, 'is no machine name, https:// address or tailnet IP'),
    /** The gateway's own port on the tailnet. When absent, Tailscale Serve on 443 is meant. */
    port: port().optional(),
  })

/** Made when a way is first read or saved: most commands do neither. */
export const way = once(() => z.discriminatedUnion('kind', [directWay(), sshWay(), tailscaleWay()]))
export type Way = z.infer<ReturnType<typeof way>>
export type DirectWay = Extract<Way, { kind: 'direct' }>
export type SshWay = Extract<Way, { kind: 'ssh' }>
export type TailscaleWay = Extract<Way, { kind: 'tailscale' }>
