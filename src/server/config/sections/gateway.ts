/** `gateway`: where it listens, who gets in, and how clients find it. */

import * as z from 'zod'
import { secretText } from '../secret-text.ts'
import { nodesSection } from './nodes.ts'

const host = z.string().min(1).max(253)

export const gatewaySection = z
  .strictObject({
    mode: z
      .enum(['local', 'remote'])
      .optional()
      .describe(
        '`local` runs a gateway here; `remote` makes clients on this machine use `gateway.remote`, whose `url` they then need.',
      ),
    port: z.int().min(1).max(65535).default(18789).describe('Port of WebSocket and HTTP.'),
    bind: z
      .enum(['loopback', 'lan', 'tailnet', 'auto', 'custom'])
      .default('loopback')
      .describe(
        'Addresses to listen on. Anything wider than `loopback` needs `gateway.auth`. Where 127.0.0.1 is not among them, programs on this machine use the socket file.',
      ),
    customBindHost: host.optional().describe('Address for `bind: "custom"`.'),
    socket: z
      .strictObject({
        enabled: z.boolean().default(false).describe('Listen on a unix socket that only this account can open.'),
        path: z
          .string()
          .min(1)
          .max(104)
          .optional()
          .describe('Where; `~/.clawdbot/gateway.sock` by default. Its folder must have mode 0700.'),
        only: z.boolean().default(false).describe('Listen on no port at all.'),
      })
      .prefault({})
      .describe('A socket file, which no web page and no other account can reach, beside the port or instead of it.'),
    tls: z
      .strictObject({
        enabled: z
          .boolean()
          .default(false)
          .describe('Speak `wss` on the port. Programs on this machine then use the socket file, which comes with it.'),
        certPath: z
          .string()
          .min(1)
          .optional()
          .describe('Certificate chain in PEM; without it the gateway makes one, to be pinned.'),
        keyPath: z.string().min(1).optional().describe('Its private key in PEM.'),
      })
      .prefault({})
      .describe('TLS of the gateway’s own. Serve and Funnel bring theirs.'),
    tailscale: z
      .strictObject({
        mode: z
          .enum(['off', 'serve', 'funnel'])
          .default('off')
          .describe(
            '`serve`: at `https://<machine>.<tailnet>.ts.net/` for the tailnet. `funnel`: for the whole internet; needs `auth.mode` `password`.',
          ),
        port: z.int().min(1).max(65535).default(443).describe('Port of that address; Funnel takes 443, 8443 or 10000.'),
        resetOnExit: z.boolean().default(false).describe('Take it away again when the gateway stops.'),
      })
      .prefault({})
      .describe('Tailscale Serve and Funnel.'),
    auth: z
      .strictObject({
        mode: z
          .enum(['token', 'password'])
          .optional()
          .describe('Which secret is asked for; by default `password` if one is set, else `token`.'),
        token: secretText('Shared token. `CLAWDBOT_GATEWAY_TOKEN` is used when this is absent.').optional(),
        password: secretText(
          'Shared password; `clawdbot password set` keeps a hash of it here. `CLAWDBOT_GATEWAY_PASSWORD` is used when this is absent.',
        ).optional(),
        allowTailscale: z
          .boolean()
          .default(false)
          .describe(
            'Let `tailscaleUsers` in by who they are in the tailnet, in place of the secret, when they come through Serve.',
          ),
        tailscaleUsers: z
          .array(z.string().min(1).max(254))
          .default([])
          .describe(
            'Logins for that, such as `ada@example.com`. Nobody, when empty. Their devices still need approval.',
          ),
      })
      .prefault({})
      .describe('The shared secret.'),
    http: z
      .strictObject({
        endpoints: z
          .strictObject({
            chatCompletions: z
              .strictObject({
                enabled: z.boolean().default(false).describe('Serve `POST /v1/chat/completions`.'),
              })
              .prefault({}),
          })
          .prefault({}),
      })
      .prefault({})
      .describe('HTTP on the same port.'),
    controlUi: z
      .strictObject({
        enabled: z.boolean().default(true).describe('Serve the page at `/`.'),
        allowedOrigins: z
          .array(z.url())
          .default([])
          .describe('Origins allowed besides this gateway’s own, such as `https://gw.example.com`.'),
      })
      .prefault({})
      .describe('Browsers.'),
    allowedHosts: z
      .array(host)
      .default([])
      .describe('`Host` values (`name` or `name:port`) accepted besides loopback names.'),
    trustedProxies: z
      .array(z.union([z.ipv4(), z.ipv6()]))
      .default([])
      .describe('Addresses of proxies whose `X-Forwarded-For` is believed.'),
    nodes: nodesSection.prefault({}).describe('Devices that lend their shell or camera.'),
    remote: z
      .strictObject({
        url: z
          .url({ protocol: /^wss?$/ })
          .optional()
          .describe('WebSocket address, such as `wss://gw.example.com`.'),
        token: secretText('Token of that gateway.').optional(),
        password: secretText('Password of that gateway.').optional(),
        tlsFingerprint: z
          .string()
          .regex(/^(sha256:)?([0-9a-f]{2}:?){32}$/i, 'must be a SHA-256 fingerprint in hex')
          .optional()
          .describe('SHA-256 of its certificate, pinned.'),
      })
      .optional()
      .describe('The gateway that clients on this machine use when `mode` is `remote`.'),
    reload: z
      .strictObject({
        mode: z
          .enum(['off', 'hot', 'restart', 'hybrid'])
          .default('hybrid')
          .describe(
            '`hot` applies what can be, `restart` restarts for any change, `hybrid` does what each change needs.',
          ),
        debounceMs: z.int().min(0).max(60_000).default(300).describe('Quiet time after the last change, milliseconds.'),
      })
      .prefault({})
      .describe('What happens when this file changes.'),
  })
  .superRefine((gateway, context) => {
    if (gateway.bind === 'custom' && gateway.customBindHost === undefined) {
      context.addIssue({ code: 'custom', path: ['customBindHost'], message: 'is needed when gateway.bind is "custom"' })
    }
    if (gateway.socket.only && !gateway.socket.enabled) {
      context.addIssue({ code: 'custom', path: ['socket', 'only'], message: 'needs gateway.socket.enabled' })
    }
    if (gateway.socket.only && gateway.bind !== 'loopback') {
      context.addIssue({
        code: 'custom',
        path: ['bind'],
        message: `is "${gateway.bind}", but gateway.socket.only leaves no port to bind`,
      })
    }
    if (gateway.auth.allowTailscale && gateway.auth.tailscaleUsers.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['auth', 'tailscaleUsers'],
        message: 'names nobody, so gateway.auth.allowTailscale lets nobody in',
      })
    }
    if ((gateway.tls.certPath === undefined) !== (gateway.tls.keyPath === undefined)) {
      const missing = gateway.tls.certPath === undefined ? 'certPath' : 'keyPath'
      context.addIssue({ code: 'custom', path: ['tls', missing], message: 'is needed too: the two are one pair' })
    }
    const mode = gateway.auth.mode
    if (mode === 'password' && gateway.auth.token !== undefined && gateway.auth.password === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['auth', 'mode'],
        message: 'is "password", but only a token is configured',
      })
    }
  })
