import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startTestGateway, testToken } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

test('TR7: only / is upgraded, with or without a query; other paths are 404', async () => {
  await using gateway = await startTestGateway()
  const { port } = gateway.server
  const status = (path: string) => RawClient.status(`ws://127.0.0.1:${port}${path}`)
  expect(await status('/')).toBe(101)
  expect(await status('/?x=1')).toBe(101)
  for (const path of ['/ws', '//', '/health', '/v1/chat/completions', '/index.html']) {
    expect([path, await status(path)]).toEqual([path, 404])
  }
})

test('AU15: a token in the address counts for nothing', async () => {
  await using gateway = await startTestGateway()
  using client = new RawClient(`${gateway.url}?token=${encodeURIComponent(testToken)}&password=${testToken}`)
  const answer = await client.connect({ scopes: ['operator.read'] })
  expect(answer).toMatchObject({ ok: false, error: { message: expect.stringContaining('gateway token missing') } })
})

test('TR7: compression is never agreed on', async () => {
  await using gateway = await startTestGateway()
  const socket = new WebSocket(gateway.url, { perMessageDeflate: true })
  await new Promise((resolve) => socket.on('open', resolve))
  expect(socket.extensions).toBe('')
  socket.terminate()
})

test.each([
  [403, { headers: { origin: 'http://evil.com' } }],
  [403, { headers: { origin: 'null' } }],
  [403, { headers: { 'sec-fetch-site': 'cross-site' } }],
  [403, { headers: { 'sec-fetch-site': 'same-site' } }],
  [421, { headers: { host: 'evil.com' } }],
  [421, { headers: { host: 'box.tail1234.ts.net' } }],
])('OR1, OR2, OR3: %i before any upgrade for %j', async (status, options) => {
  await using gateway = await startTestGateway()
  expect(await RawClient.status(gateway.url, options)).toBe(status)
})

test('OR1: a page of this very gateway may connect', async () => {
  await using gateway = await startTestGateway()
  const origin = `http://127.0.0.1:${gateway.server.port}`
  expect(await RawClient.status(gateway.url, { headers: { origin } })).toBe(101)
})

test('TR8: a refused upgrade says a number and nothing about this gateway', async () => {
  await using gateway = await startTestGateway()
  const text = await new Promise<string>((resolve) => {
    const socket = connect(gateway.server.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('close', () => resolve(answer))
    socket.write(`GET / HTTP/1.1\r\nHost: evil.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  })
  expect(text).toMatch(/^HTTP\/1.1 421 Misdirected Request\r\n/)
  expect(text).not.toMatch(/clawdbot|node|ws\b|\d+\.\d+\.\d+/i)
})
