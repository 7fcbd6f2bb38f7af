import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTunnel } from '../../src/tunnel/open.ts'
import { tunnelContext } from '../support/tunnel-context.ts'

const dir = mkdtempSync(join(tmpdir(), 'clawdbot-tls-'))
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.end('hello')
})
let port = 0
let pin = ''

beforeAll(async () => {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const subject = ['-subj', '/CN=gateway', '-days', '1']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  })
  const pem = readFileSync(cert)
  pin = new X509Certificate(pem).fingerprint256
  server.setSecureContext({ key: readFileSync(key), cert: pem })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  server.close()
  rmSync(dir, { recursive: true, force: true })
})

async function greeting(url: string, tlsFingerprint?: string): Promise<string> {
  const pinned =
    tlsFingerprint === undefined ? {} : { tlsFingerprint: tlsFingerprint.replaceAll(':', '').toLowerCase() }
  await using tunnel = await openTunnel({ kind: 'direct', url, ...pinned }, tunnelContext())
  const stream = await tunnel.dial(AbortSignal.timeout(15_000))
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

test('a self-signed certificate is refused without a pin, taken with the right one, refused with another', async () => {
  const url = `wss://127.0.0.1:${port}`
  await expect(greeting(url)).rejects.toMatchObject({
    code: 'client.untrusted',
    remedy: expect.stringContaining('--tls-fingerprint'),
  })
  expect(await greeting(url, pin)).toBe('hello')
  await expect(greeting(url, '0'.repeat(64))).rejects.toMatchObject({
    ...{ code: 'client.untrusted', retryable: false },
    // As the gateway spells it, to be compared by eye.
    message: `${url} shows the certificate sha256:${pin}, but sha256:${'00:'.repeat(31)}00 is pinned`,
    remedy: expect.stringContaining('clawdbot gateway status'),
  })
})

test('a pin on an address without a certificate is a mistake, said at once', async () => {
  await expect(greeting(`ws://127.0.0.1:${port}`, pin)).rejects.toMatchObject({ code: 'usage.invalid' })
})

test('nobody listening, no such name, and an abort each have their own end', async () => {
  await expect(greeting('ws://127.0.0.1:1')).rejects.toMatchObject({ code: 'client.refused', retryable: true })
  await expect(greeting('ws://localhost:1')).rejects.toMatchObject({ code: 'client.refused' })
  await expect(greeting('wss://no-such-host.invalid')).rejects.toMatchObject({ code: 'client.unreachable' })
  const tunnel = await openTunnel({ kind: 'direct', url: `ws://127.0.0.1:${port}` }, tunnelContext())
  await expect(tunnel.dial(AbortSignal.abort(new Error('never mind')))).rejects.toThrow('never mind')
})
