/** By which key each gateway is known here, and whether it has just proven to hold it (AU17). */

import { createPublicKey, randomBytes, verify } from 'node:crypto'
import * as z from 'zod'
import { Fault } from '../shared/fault.ts'
import { gatewayProofText } from '../shared/protocol/gateway-proof.ts'
import type { Clock } from '../shared/std/clock.ts'
import { parseJson } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import type { Challenge } from './handshake.ts'
import { lockPrivate, readIfThere, writePrivate } from './private-file.ts'

/** `host` is what it was called when it proved itself first. */
const known = z.looseObject({ publicKey: z.string().min(1), host: z.string() })
export type KnownKey = z.infer<typeof known>
/** `by` is the origin at which it is known. By another way it was called something else there, so that says nothing here. */
export type Expected = { readonly publicKey: string; readonly host: string | undefined; readonly by: string }
const keysFile = z.looseObject({ version: z.literal(1), gateways: z.record(z.string(), known) })

export class GatewayKeys {
  readonly #path: string
  readonly #clock: Clock

  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
  }

  async get(origin: string): Promise<KnownKey | undefined> {
    return (await this.#read()).gateways[origin]
  }

  /** What the gateway at `origin` has to show: its key as it is known there, else by one of the other ways to it. */
  async expected(origin: string, others: readonly string[]): Promise<Expected | undefined> {
    const { gateways } = await this.#read()
    const own = gateways[origin]
    if (own) return { ...own, by: origin }
    const by = others.find((other) => gateways[other])
    const key = by === undefined ? undefined : gateways[by]
    return by === undefined || !key ? undefined : { publicKey: key.publicKey, host: undefined, by }
  }

  /** Keeps the key of a gateway that let us in. */
  async pin(origin: string, { publicKey, host }: KnownKey): Promise<void> {
    await using _lock = await lockPrivate(this.#path, this.#clock)
    const file = await this.#read()
    file.gateways[origin] = { publicKey, host }
    await this.#write(file)
  }

  /** Whatever proves itself there next is believed; false when no key was known. */
  async forget(origin: string): Promise<boolean> {
    await using _lock = await lockPrivate(this.#path, this.#clock)
    const file = await this.#read()
    if (!file.gateways[origin]) return false
    delete file.gateways[origin]
    await this.#write(file)
    return true
  }

  /** A damaged file is not an empty one: that would take every gateway for a new one. */
  async #read(): Promise<z.infer<typeof keysFile>> {
    const text = await readIfThere(this.#path)
    if (text === undefined) return { version: 1, gateways: {} }
    const parsed = parseJson(text)
    const file = parsed.ok ? readAs(keysFile, parsed.value) : undefined
    if (file?.success) return file.data
    throw new Fault('state.damaged', `The keys of known gateways in ${this.#path} cannot be read`, {
      remedy: 'Restore the file from a backup, or remove it: each gateway is then believed once more.',
    })
  }

  async #write(file: z.infer<typeof keysFile>): Promise<void> {
    await writePrivate(this.#path, `${JSON.stringify(file, null, 2)}\n`)
  }
}

export function newNonce(): string {
  return randomBytes(32).toString('base64url')
}

/** The key whose holder signed our nonce just now; undefined when nothing valid was shown. */
export function provenKey(challenge: Challenge | undefined, clientNonce: string): KnownKey | undefined {
  const proof = challenge?.gateway
  if (!challenge || !proof) return undefined
  const { publicKey, host, signature } = proof
  const text = gatewayProofText({ host, clientNonce, serverNonce: challenge.nonce })
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url')) ? { publicKey, host } : undefined
  } catch {
    return undefined // no key at all
  }
}

/**
 * Throws `client.untrusted` unless the gateway is the one that is known. On this machine the name counts too: another
 * program could pass on what the real gateway signs at its own port.
 */
export function checkKnown(
  origin: string,
  expected: Expected | undefined,
  shown: KnownKey | undefined,
  isLoopback: boolean,
): void {
  if (!expected) return
  const { publicKey, host, by } = expected
  const isNamedSo = !isLoopback || host === undefined || shown?.host === host
  if (shown?.publicKey === publicKey && isNamedSo) return
  const where = by === origin ? 'there' : `at ${by}`
  const what = shown
    ? `shows another key than the gateway known ${where}`
    : `does not prove to be the gateway known ${where}`
  throw new Fault('client.untrusted', `${origin} ${what}; no secret was sent`, {
    remedy: `If it was replaced or set up anew, accept it with: clawdbot profiles trust ${by}`,
    details: { expected: publicKey, shown: shown?.publicKey ?? null },
  })
}
