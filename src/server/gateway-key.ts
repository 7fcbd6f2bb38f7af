/** The gateway's own Ed25519 key, by which programs know it again: made once, kept in a private file. */

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { Fault } from '../shared/fault.ts'
import type { GatewayKey } from './gateway/server-parts.ts'
import { readPrivateFile, writePrivateFile } from './storage/private-files.ts'

/** Throws `state.damaged` rather than replace a key it cannot read: every device would take the gateway for a stranger. */
export function gatewayKey(path: string): GatewayKey {
  const text = readPrivateFile(path) ?? makeKey(path)
  try {
    const privateKey = createPrivateKey(text)
    const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? ''
    return { publicKey, sign: (message) => sign(null, Buffer.from(message), privateKey).toString('base64url') }
  } catch (cause) {
    throw new Fault('state.damaged', `The gateway's key in ${path} cannot be read`, {
      remedy: 'Restore the file from a backup, or move it away: each device then has to accept a new key.',
      cause,
    })
  }
}

function makeKey(path: string): string {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  writePrivateFile(path, pem, { keepLast: false })
  return pem
}
