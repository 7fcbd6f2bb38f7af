import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls, { createServer } from 'node:tls'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { LayerEvent } from '../../../src/tunnel/layer.ts'
import { openTunnel } from '../../../src/tunnel/open.ts'
import { openTailscale } from '../../../src/tunnel/tailscale/open.ts'
import { freePort } from '../../support/free-port.ts'
import { standInTailscale } from '../../support/tailscale/stand-in.ts'
import type { Machine, World } from '../../support/tailscale/world.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'clawdbot-tailnet-'))
const trusted = tls.getCACertificates('default')
/** Serve's end on the peer: a certificate for `desktop.tail1234.ts.net`. */
const serve = createServer((socket) => {
  socket.on('error', () => {})
  socket.end('hello from Serve')
})
const plain = createTcpServer((socket) => socket.end('hello from the gateway'))
const portOf = (server: { address(): AddressInfo | string | null }) => (server.address() as AddressInfo).port

beforeAll(async () => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const name = 'desktop.tail1234.ts.net'
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '1']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  })
  const pem = readFileSync(cert, 'utf8')
  serve.setSecureContext({ key: readFileSync(key), cert: pem })
  tls.setDefaultCACertificates([...trusted, pem])
  for (const server of [serve, plain]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  tls.setDefaultCACertificates(trusted)
  serve.close()
  plain.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The peer's tailnet address is a loopback one here: dialling a real one needs a real tailnet. */
const desktop: Machine = { name: 'desktop', addresses: ['127.0.0.1'] }

async function greeting(peer: string, port: number | undefined, world: Partial<World>): Promise<string> {
  using standIn = standInTailscale(world)
  const way = { kind: 'tailscale', peer, ...(port === undefined ? {} : { port }) } as const
  await using tunnel = await openTailscale(way, tunnelContext({ env: standIn.env }), standIn.command)
  let text = ''
  for await (const chunk of await tunnel.dial(AbortSignal.timeout(15_000))) text += String(chunk)
  return text
}

test('Serve is dialled at the tailnet address, and its certificate must be the MagicDNS name’s', async () => {
  const peer = (name: string) => `https://${name}.tail1234.ts.net:${portOf(serve)}`
  const peers = [desktop, { ...desktop, name: 'impostor' }]
  expect(await greeting(peer('desktop'), undefined, { peers })).toBe('hello from Serve')
  await expect(greeting(peer('impostor'), undefined, { peers })).rejects.toMatchObject({
    code: 'client.untrusted',
    message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  })
})

test('with a port the gateway itself is dialled, without TLS', async () => {
  expect(await greeting('desktop', portOf(plain), { peers: [desktop] })).toBe('hello from the gateway')
})

test('nobody listening there names the command that changes it', async () => {
  const port = await freePort()
  await expect(greeting('desktop', port, { peers: [desktop] })).rejects.toMatchObject({
    code: 'client.refused',
    message: `desktop is there, but nothing listens on its port ${port}`,
    remedy: expect.stringContaining('--bind tailnet'),
  })
  await expect(
    greeting(`https://desktop.tail1234.ts.net:${port}`, undefined, { peers: [desktop] }),
  ).rejects.toMatchObject({
    remedy: 'On desktop, run: clawdbot tailscale serve',
  })
})

test('a name that only DNS could know says what is wrong with Tailscale here', async () => {
  await expect(greeting('https://desktop.tail1234.invalid', undefined, { backend: 'Stopped' })).rejects.toMatchObject({
    code: 'tailscale.stopped',
    message: 'Tailscale is stopped on this machine, and desktop.tail1234.invalid cannot be reached without it',
    remedy: 'Run: tailscale up',
    retryable: true,
  })
})

test('without a network interface the address is out of reach, and the message says why', async () => {
  const peers = [{ name: 'desktop', addresses: ['0.0.0.0.invalid'] }]
  await expect(greeting('desktop', 18_789, { peers, tun: false })).rejects.toMatchObject({
    code: 'tailscale.failed',
    remedy: expect.stringContaining('through SSH'),
  })
})

test('the route is what Tailscale says, before and after the first packets', async () => {
  using standIn = standInTailscale({ peers: [desktop] })
  const layers: LayerEvent[] = []
  const context = tunnelContext({ env: standIn.env, onLayer: (event) => layers.push(event) })
  await using tunnel = await openTailscale({ kind: 'tailscale', peer: 'desktop', port: portOf(plain) }, context)
  expect(tunnel).toMatchObject({ origin: `tailscale://desktop:${portOf(plain)}`, route: 'tailscale' })
  standIn.change({ peers: [{ ...desktop, active: true, relay: 'fra' }] })
  const signal = AbortSignal.timeout(5000)
  const relayed = await tunnel.dial(signal)
  await vi.waitFor(() => expect(tunnel.route).toBe('tailscale via DERP fra'), { timeout: 5000 })
  standIn.change({ peers: [{ ...desktop, active: true, direct: '192.0.2.7:41641' }] })
  const direct = await tunnel.dial(signal)
  await vi.waitFor(() => expect(tunnel.route).toBe('tailscale direct'), { timeout: 5000 })
  expect(layers.map(({ layer, state, detail }) => `${layer} ${state} ${detail ?? ''}`.trim()).slice(0, 4)).toEqual([
    'dns begun',
    'dns up 127.0.0.1',
    'tcp begun',
    'tcp up',
  ])
  for (const stream of [relayed, direct]) stream.destroy()
})

test('a way is opened through the path of the environment; one that hangs ends with the attempt', async () => {
  using standIn = standInTailscale()
  const way = { kind: 'tailscale', peer: 'destop' } as const
  await expect(openTunnel(way, tunnelContext({ env: standIn.env }))).rejects.toMatchObject({
    code: 'tailscale.peer-unknown',
  })
  standIn.change({ hangs: true })
  const abort = new AbortController()
  const opening = openTunnel(way, tunnelContext({ env: standIn.env, signal: abort.signal }))
  abort.abort(new Error('never mind'))
  await expect(opening).rejects.toThrow('never mind')
})
