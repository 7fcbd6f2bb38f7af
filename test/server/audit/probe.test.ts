/** A good gateway turns every knock away, a bad one is found out in each; and what is no gateway is told apart. */

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { probeGateway } from '../../../src/server/audit/probe.ts'
import { auditReport } from '../../../src/server/audit/report.ts'
import { auditChecks } from '../../../src/server/audit/table.ts'
import { makeCertificate } from '../../../src/server/tls/self-signed.ts'
import { freePort } from '../../support/free-port.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { quiet } from './facts.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'probe-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const signal = new AbortController().signal

/** As if a gateway of this process listened there. */
function probe(port: number, note: object | null = { pid: process.pid, port }, more: { isSecure?: boolean } = {}) {
  const notePath = join(folder, 'gateway.json')
  if (note) writeFileSync(notePath, JSON.stringify(note))
  return probeGateway({ notePath, port, signal, ...more })
}

const problems = (facts: Awaited<ReturnType<typeof probe>>) =>
  auditReport(auditChecks, { ...quiet(), probe: facts })
    .findings.filter(({ severity }) => severity !== 'info')
    .map(({ severity, id, message }) => `${severity} ${id}: ${message}`)

test('a gateway as it should be lets nobody in, asks its owner nothing, and locks nobody out', async () => {
  await using gateway = await startTestGateway()
  const facts = await probe(gateway.server.port)
  expect(facts).toMatchObject({
    kind: 'running',
    isLive: true,
    takesForeignOrigin: false,
    takesForeignHost: false,
    letsInWithout: [],
    believed: [],
    openRoutes: [],
  })
  expect(problems(facts)).toEqual([])
  expect(gateway.parts.devices.list().pending).toEqual([])
  using owner = await gateway.client()
  expect((await owner.request('health')).ok).toBe(true)
})

test('one that speaks TLS is knocked at through TLS', async () => {
  const tls = makeCertificate(['localhost'], Date.now())
  const refused: string[] = []
  const doorbook = { accepted: () => {}, refused: (from: string) => refused.push(from) > 0, changed: () => {} }
  await using gateway = await startTestGateway({ tls, doorbook })
  const facts = await probe(gateway.server.port, undefined, { isSecure: true })
  expect(facts).toMatchObject({ kind: 'running', isLive: true, letsInWithout: [], believed: [] })
  expect(refused).toEqual(Array(4).fill('127.0.0.1'))
})

test('one that takes everybody is found out by each knock', async () => {
  const http = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket) => {
    socket.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } }))
    socket.on('message', () => socket.send(JSON.stringify({ type: 'res', id: 'knock', ok: true, payload: {} })))
  })
  const { port } = http.address() as AddressInfo
  const found = problems(await probe(port))
  http.closeAllConnections()
  sockets.close()
  http.close()
  expect(found.map((line) => line.replace(/: .*/, ''))).toEqual([
    'critical gateway.allowed_hosts_wide',
    'critical gateway.allowed_origins_wildcard',
    'critical gateway.loopback_no_auth',
    'critical gateway.loopback_no_auth',
    'critical gateway.http.no_auth',
    'critical gateway.http.no_auth',
    'critical gateway.http.no_auth',
    'critical tailscale.identity_shared_listener',
    'critical tailscale.identity_shared_listener',
  ])
})

test('headers that are believed show in what the owner is asked, also where nobody gets in yet', async () => {
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request) => {
    const isKnown = request.headers['tailscale-user-login'] !== undefined
    const error = { code: 'NOT_PAIRED', details: { code: isKnown ? 'PAIRING_REQUIRED' : 'AUTH_TOKEN_MISSING' } }
    socket.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } }))
    socket.on('message', () => socket.send(JSON.stringify({ type: 'res', id: 'knock', ok: false, error })))
  })
  http.on('request', (_request, response) => response.writeHead(404).end())
  const { port } = http.address() as AddressInfo
  const facts = await probe(port)
  http.closeAllConnections()
  sockets.close()
  http.close()
  expect(facts).toMatchObject({ letsInWithout: [], believed: [expect.stringContaining('tailscale-user-login')] })
})

test('a port of another program, a gateway that is gone, a silent one and a socket file are told apart', async () => {
  const other = createTcpServer((socket) => socket.end('SSH-2.0-other\r\n')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  expect(problems(await probe(port, null))).toEqual([
    `critical gateway.port_taken_by_other: Another program than this gateway answers on port ${port}`,
  ])
  // The note is of a process that is not the one that listens: process 1 never has our socket.
  const listed = await probe(port, { pid: process.ppid, port })
  expect(listed.kind).toBe(process.platform === 'linux' ? 'foreign' : 'running')
  other.close()
  const free = await freePort()
  expect(problems(await probe(free, { pid: 2 ** 22 + 1, port: free }))).toEqual([
    'warning gateway.probe_failed: No gateway runs on this machine, so none was knocked at',
  ])
  expect(problems(await probe(free))).toEqual([
    `warning gateway.probe_failed: The gateway does not answer on port ${free}`,
  ])
  expect(problems(await probe(free, { pid: process.pid, socket: '/run/x.sock' }))).toEqual([])
})

test('a listener wider than the settings say is found, whatever flag made it so', async () => {
  await using gateway = await startTestGateway()
  const { port } = gateway.server
  const facts = await probe(port)
  const wide = { ...facts, listeners: ['127.0.0.1', '203.0.113.9'] } as typeof facts
  expect(problems(wide)).toEqual([
    'critical gateway.bind_public: The gateway listens on 203.0.113.9, which the internet can reach; without TLS, whoever is in between reads the secret',
  ])
  const tailnet = { ...facts, listeners: ['100.101.102.103'] } as typeof facts
  expect(problems(tailnet)).toEqual([])
})
