/**
 * Our extension by which a gateway proves itself before it is told a secret (AU17): the client sends a nonce with the
 * upgrade, and the challenge answers with a signature over it. Programs that do not know it neither send nor see any of it.
 */

/** The upgrade header, in lower case as Node has it. Its value is a nonce of 32 bytes in base64url. */
export const gatewayNonceHeader = 'x-clawdbot-nonce'

export const gatewayNonce = /^[A-Za-z0-9_-]{43}$/

/** The exact UTF-8 text that is signed. `host` is the `Host` header as the gateway saw it: a proof is no good elsewhere. */
export function gatewayProofText(parts: { host: string; clientNonce: string; serverNonce: string }): string {
  return ['clawdbot-gateway-v1', parts.host, parts.clientNonce, parts.serverNonce].join('|')
}
