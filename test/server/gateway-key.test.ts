import { createPublicKey, verify } from 'node:crypto'
import { mkdtempDisposable, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gatewayKey } from '../../src/server/gateway-key.ts'
import { gatewayProofText } from '../../src/shared/protocol/gateway-proof.ts'
import { startTestGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'

test('AU17: the key is made once, kept private, and never replaced when it cannot be read', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'key-'))
  const path = join(folder.path, 'gateway-key.pem')
  const { publicKey } = gatewayKey(path)
  expect(gatewayKey(path).publicKey).toBe(publicKey)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await writeFile(path, 'broken')
  expect(() => gatewayKey(path)).toThrow(expect.objectContaining({ code: 'state.damaged' }))
})

test('AU17: a client that sends a nonce gets it signed, with the name it used; others see the challenge they know', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'key-'))
  const key = gatewayKey(join(folder.path, 'gateway-key.pem'))
  await using gateway = await startTestGateway({ key })
  const challenge = async (headers: Record<string, string>) => {
    using client = new RawClient(gateway.url, { headers })
    return (await client.event('connect.challenge')).payload as Record<string, unknown>
  }
  for (const nonce of ['', 'short', `${'x'.repeat(42)}!`, 'x'.repeat(44)]) {
    expect(Object.keys(await challenge({ 'x-clawdbot-nonce': nonce }))).toEqual(['nonce', 'ts', 'capabilities'])
  }
  expect(Object.keys(await challenge({}))).toEqual(['nonce', 'ts', 'capabilities'])

  const clientNonce = 'n'.repeat(43)
  const { nonce, gateway: proof } = await challenge({ 'x-clawdbot-nonce': clientNonce })
  const { publicKey, host, signature } = proof as Record<string, string>
  expect([publicKey, host]).toEqual([key.publicKey, `127.0.0.1:${gateway.server.port}`])
  const text = gatewayProofText({ host: host ?? '', clientNonce, serverNonce: String(nonce) })
  const shown = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey ?? '' }, format: 'jwk' })
  expect(verify(null, Buffer.from(text), shown, Buffer.from(signature ?? '', 'base64url'))).toBe(true)
})
