/** This device's Ed25519 key and the tokens gateways gave it, one per gateway origin and role (AU16). */

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import * as z from 'zod'
import { Fault } from '../shared/fault.ts'
import type { Clock } from '../shared/std/clock.ts'
import { parseJson } from '../shared/std/json.ts'
import { once } from '../shared/std/once.ts'
import { readAs } from '../shared/std/read-as.ts'
import { Secret } from '../shared/std/secret.ts'
import { createPrivate, lockPrivate, readIfThere, writePrivate } from './private-file.ts'

/** The ecosystem's shape of `device.json`. */
const deviceFile = z.looseObject({
  version: z.literal(1),
  deviceId: z.string(),
  publicKeyPem: z.string(),
  privateKeyPem: z.string(),
})

export type Identity = {
  /** Lowercase hex SHA-256 of the raw public key. */
  readonly deviceId: string
  /** The raw 32 bytes in base64url. */
  readonly publicKey: string
  /** Signature of UTF-8 text, 64 bytes in base64url. */
  sign(text: string): string
}

/** Reads the key, making one the first time. Throws `state.damaged` rather than replace a key it cannot read. */
export async function loadIdentity(path: string, now: () => number): Promise<Identity> {
  const text = await readIfThere(path)
  if (text !== undefined) return identityOf(path, text)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const fresh = {
    version: 1,
    deviceId: deviceIdOf(publicKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    createdAtMs: now(),
  }
  const body = `${JSON.stringify(fresh, null, 2)}\n`
  // Another program of ours may be first; then its key is the device's key.
  const isOurs = await createPrivate(path, body)
  return identityOf(path, isOurs ? body : ((await readIfThere(path)) ?? ''))
}

function identityOf(path: string, text: string): Identity {
  try {
    const file = deviceFile.parse(JSON.parse(text))
    const privateKey = createPrivateKey(file.privateKeyPem)
    const publicKey = createPublicKey(privateKey)
    return {
      deviceId: deviceIdOf(publicKey),
      publicKey: rawKey(publicKey).toString('base64url'),
      sign: (message) => sign(null, Buffer.from(message), privateKey).toString('base64url'),
    }
  } catch (error) {
    throw new Fault('state.damaged', `The device key in ${path} cannot be read`, {
      remedy: 'Restore the file from a backup, or move it away: a new key then has to be approved on each gateway.',
      cause: error,
    })
  }
}

function rawKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
}

function deviceIdOf(key: KeyObject): string {
  return createHash('sha256').update(rawKey(key)).digest('hex')
}

const tokensFile = once(() =>
  z.looseObject({
    version: z.literal(1),
    deviceId: z.string(),
    gateways: z.record(
      z.string(),
      z.record(z.string(), z.looseObject({ token: z.string().min(1), updatedAtMs: z.number() })),
    ),
  }),
)
type TokensFile = z.infer<ReturnType<typeof tokensFile>>

/** Device tokens on disk. A token is only ever returned for the very origin and device that earned it. */
export class DeviceTokens {
  readonly #path: string
  readonly #deviceId: string
  readonly #clock: Clock

  constructor(path: string, deviceId: string, clock: Clock) {
    this.#path = path
    this.#deviceId = deviceId
    this.#clock = clock
  }

  async get(origin: string, role: string): Promise<Secret | undefined> {
    const token = (await this.#read()).gateways[origin]?.[role]?.token
    return token === undefined ? undefined : new Secret(token)
  }

  /** Keeps the token a gateway issued; writes only when it differs. */
  async set(origin: string, role: string, token: string): Promise<void> {
    if ((await this.get(origin, role))?.reveal() === token) return
    await using _lock = await lockPrivate(this.#path, this.#clock)
    const file = await this.#read()
    const updatedAtMs = this.#clock.now()
    file.gateways[origin] = { ...file.gateways[origin], [role]: { token, updatedAtMs } }
    await this.#write(file)
  }

  async drop(origin: string, role: string): Promise<void> {
    await using _lock = await lockPrivate(this.#path, this.#clock)
    const file = await this.#read()
    if (file.gateways[origin]?.[role] === undefined) return
    delete file.gateways[origin][role]
    await this.#write(file)
  }

  /** A damaged file, or one of another key, counts as empty: tokens are issued again at the next connect. */
  async #read(): Promise<TokensFile> {
    const parsed = parseJson((await readIfThere(this.#path)) ?? '')
    const file = parsed.ok ? readAs(tokensFile(), parsed.value) : undefined
    if (file?.success && file.data.deviceId === this.#deviceId) return file.data
    return { version: 1, deviceId: this.#deviceId, gateways: {} }
  }

  async #write(file: TokensFile): Promise<void> {
    await writePrivate(this.#path, `${JSON.stringify(file, null, 2)}\n`)
  }
}
