/** A local port in front of a real gateway server that listens on another one. */

import { once } from 'node:events'
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDirect } from '../../../src/tunnel/direct.ts'
import { forwardGateway } from '../../../src/tunnel/forward/gateway-forward.ts'
import type { Listening } from '../../../src/tunnel/forward/listen.ts'
import { startTestGateway, type TestGateway, testToken } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

let gateway: TestGateway
let forward: Listening

const through = async (url: string) => {
  const tunnel = openDirect({ kind: 'direct', url })
  const dial = async (signal: AbortSignal) => ({ stream: await tunnel.dial(signal), url: tunnel.url })
  return await forwardGateway({ port: 0, dial })
}

beforeAll(async () => {
  gateway = await startTestGateway()
  forward = await through(gateway.url)
})

afterAll(async () => {
  await forward?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

/** Status and text of one request; `headers` may hold any Host. */
async function get(port: number, path: string, headers: Record<string, string> = {}, agent?: Agent) {
  const request = httpRequest({ host: '127.0.0.1', port, path, headers, ...(agent && { agent }) }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const piece of response.setEncoding('utf8')) text += piece
  return { status: response.statusCode, text, headers: response.headers }
}

test('OR2: the gateway answers through a local port that is not its own, and still only to its name', async () => {
  expect((await get(forward.port, '/health')).status).toBe(200)
  expect((await get(forward.port, '/health', { host: `localhost:${forward.port}` })).status).toBe(200)
  expect((await get(forward.port, '/health', { host: `rebound.example:${forward.port}` })).status).toBe(421)
  expect((await get(forward.port, '/health', { host: `127.0.0.1:${gateway.server.port}` })).status).toBe(421)
})

test('OR1: a page of the forward may connect, pages of anything else may not', async () => {
  const url = `ws://127.0.0.1:${forward.port}/`
  const status = (origin: string) => RawClient.status(url, { headers: { origin } })
  expect(await status(`http://127.0.0.1:${forward.port}`)).toBe(101)
  expect(await status(`http://localhost:${forward.port}`)).toBe(101)
  expect(await status(`http://127.0.0.1:${gateway.server.port}`)).toBe(403) // another program here, at the gateway's port
  expect(await status('https://evil.example')).toBe(403)
  expect(await status('null')).toBe(403)
})

test('TU19: a client talks through it as if it were the gateway, and needs the secret as ever', async () => {
  using client = new RawClient(`ws://127.0.0.1:${forward.port}/`)
  const answer = await client.connect({ auth: { token: testToken }, scopes: ['operator.admin'] })
  expect(answer.ok).toBe(true)
  expect((await client.request('sessions.list', {})).ok).toBe(true)
  expect(forward.open()).toBe(1)
  using stranger = new RawClient(`ws://127.0.0.1:${forward.port}/`)
  expect((await stranger.connect({ scopes: ['operator.admin'] })).ok).toBe(false)
  client.socket.close()
  await client.closed
  await stranger.closed
  await expect.poll(() => forward.open()).toBe(0)
})

test('several requests share one local connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const answers = [await get(forward.port, '/health', {}, agent), await get(forward.port, '/ready', {}, agent)]
    expect(answers.map(({ status, headers }) => [status, headers.connection])).toEqual([
      [200, 'keep-alive'],
      [200, 'keep-alive'],
    ])
    expect(forward.open()).toBe(1)
  } finally {
    agent.destroy()
  }
})

test('bodies go up and down whole, and what is streamed arrives piece by piece', async () => {
  const echo = createServer(async (request, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    response.write(`${request.headers.host} ${request.method} `)
    for await (const piece of request) response.write(piece)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const { port } = echo.address() as AddressInfo
  await using onward = await through(`ws://127.0.0.1:${port}`)
  const request = httpRequest({ host: '127.0.0.1', port: onward.port, method: 'POST', path: '/' })
  request.write('first,')
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const pieces = response.setEncoding('utf8')[Symbol.asyncIterator]()
  let text = ''
  while (!text.endsWith('first,')) text += (await pieces.next()).value // the answer flows while the question is unfinished
  request.end('last')
  for await (const piece of pieces) text += piece
  expect(text).toBe(`127.0.0.1:${port} POST first,last`)
  expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2'])
  echo.close()
})

test('behind a path of a proxy, the forward is that path', async () => {
  const seen: (string | undefined)[] = []
  const proxy = createServer((request, response) => {
    seen.push(request.url)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  await using onward = await through(`ws://127.0.0.1:${(proxy.address() as AddressInfo).port}/claw/`)
  await get(onward.port, '/')
  await get(onward.port, '/health?x=1')
  expect(seen).toEqual(['/claw/', '/claw/health?x=1'])
  proxy.close()
})

test('while the tunnel is down a browser is told so, and nothing more', async () => {
  await using onward = await forwardGateway({
    port: 0,
    dial: async () => {
      throw new Error('deploy@vps is unreachable')
    },
  })
  const answer = await get(onward.port, '/')
  expect(answer.status).toBe(502)
  expect(answer.text).toBe('The tunnel to this gateway is not up. See: clawdbot tunnel status\n')
  expect(await RawClient.status(`ws://127.0.0.1:${onward.port}/`)).toBe(502)
})

test('a local program that leaves while the tunnel is dialled takes its wish with it', async () => {
  const { promise: gone, resolve } = Promise.withResolvers<void>()
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  await using onward = await forwardGateway({
    port: 0,
    dial: (signal) => {
      ask()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          resolve()
          reject(signal.reason)
        })
      })
    },
  })
  const socket = connect(onward.port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${onward.port}\r\n\r\n`)
  await asked
  socket.destroy()
  await gone
})
