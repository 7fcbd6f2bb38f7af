import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { httpRoutes } from '../../../../src/server/gateway/http/table.ts'
import { systemClock } from '../../../../src/shared/std/clock.ts'
import { ManualClock } from '../../../support/clock.ts'
import { startTestGateway, testToken } from '../../../support/gateway.ts'

const ask = async () => ({ text: 'hi' })
const routes = httpRoutes({ isReady: () => true, ask, clock: systemClock, defaultAgentId: 'main' })
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const paths = [...new Set([...routes.map(({ path }) => path), '/nope', '/favicon.ico', '/v1/models', '/tools/invoke'])]

async function withGateway<T>(use: (base: string, port: number) => Promise<T>): Promise<T> {
  await using gateway = await startTestGateway({ ask })
  return await use(`http://127.0.0.1:${gateway.server.port}`, gateway.server.port)
}

describe('AU1: every route has a declared policy', () => {
  test.each(routes.map(({ method, path, policy }) => [method, path, policy] as const))(
    '%s %s is %s',
    async (method, path, policy) => {
      const status = await withGateway(async (base) => (await fetch(base + path, { method })).status)
      expect(status).toBe(policy === 'public' ? 200 : 401)
    },
  )
})

test('OR4, OR5, OR6: every answer carries the security headers, none sets a cookie or lets another origin in', async () => {
  await withGateway(async (base) => {
    for (const path of paths) {
      for (const method of methods) {
        const headers = { authorization: `Bearer ${testToken}`, 'access-control-request-method': 'POST' }
        const answer = await fetch(base + path, { method, headers })
        const seen = Object.fromEntries(answer.headers)
        expect([method, path, seen['content-security-policy']]).toEqual([
          method,
          path,
          expect.stringContaining("default-src 'none'"),
        ])
        expect(seen['content-security-policy']).toContain("frame-ancestors 'none'")
        expect(seen['x-content-type-options']).toBe('nosniff')
        expect(seen['referrer-policy']).toBe('no-referrer')
        expect(seen['cross-origin-resource-policy']).toBe('same-origin')
        expect(Object.keys(seen).filter((name) => name.startsWith('access-control-') || name === 'set-cookie')).toEqual(
          [],
        )
        expect(seen).not.toHaveProperty('x-powered-by')
        if (method === 'OPTIONS') expect(answer.ok).toBe(false)
      }
    }
  })
})

test('OR4: a cookie, whatever it holds, is no login', async () => {
  await withGateway(async (base) => {
    const cookie = `token=${encodeURIComponent(testToken)}; authorization=Bearer ${testToken}`
    const headers = { cookie, 'content-type': 'application/json' }
    expect((await fetch(`${base}/v1/chat/completions`, { method: 'POST', headers, body: '{}' })).status).toBe(401)
  })
})

test('the health paths answer without a secret, and HEAD as GET', async () => {
  await withGateway(async (base) => {
    for (const path of ['/health', '/healthz'])
      expect(await (await fetch(base + path)).json()).toEqual({ ok: true, status: 'live' })
    for (const path of ['/ready', '/readyz'])
      expect(await (await fetch(base + path)).json()).toEqual({ ok: true, status: 'ready' })
    expect((await fetch(`${base}/health`, { method: 'HEAD' })).status).toBe(200)
  })
})

test('TR8: nothing public tells a version, a path or a stack', async () => {
  await withGateway(async (base) => {
    expect(await (await fetch(`${base}/live`)).text()).toBe('')
    for (const path of paths) {
      const answer = await fetch(base + path)
      const text = `${JSON.stringify(Object.fromEntries(answer.headers))}${await answer.text()}`
      expect(text.replaceAll('127.0.0.1', 'here')).not.toMatch(/\/state|\.ts:|node_modules|\d+\.\d+\.\d+/)
    }
  })
})

test('the page at / runs no script and loads nothing', async () => {
  await withGateway(async (base) => {
    const answer = await fetch(base)
    const page = await answer.text()
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page).not.toMatch(/<script|src=|href=|\son\w+=/i)
    expect(answer.headers.get('content-security-policy')).toMatch(/style-src 'sha256-/)
  })
})

test('unknown paths are 404 in plain text, known ones with a wrong method 405', async () => {
  await withGateway(async (base) => {
    const missing = await fetch(`${base}/nope`)
    expect([missing.status, await missing.text()]).toEqual([404, 'Not Found'])
    const wrong = await fetch(`${base}/health`, { method: 'POST' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
  })
})

/** One request written by hand, for headers `fetch` will not send. */
const rawRequest = (port: number, head: string) =>
  new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', () => {}) // reset because it had more to say; 'close' follows
    socket.write(head)
  })

test.each(['evil.com', 'localhost.evil.com:1', 'box.tail1234.ts.net', '127.0.0.1'])(
  'OR2: the Host %s gets 421 whatever the path',
  async (host) => {
    await withGateway(async (_, port) => {
      for (const path of ['/', '/health', '/nope']) {
        expect(await rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 421 /)
      }
    })
  },
)

describe('OR3: what changes something needs a bearer token, JSON, and not another site', () => {
  const authorization = `Bearer ${testToken}`
  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] })
  test.each([
    ['a form', 401, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a beacon', 401, { 'content-type': 'text/plain' }],
    ['JSON without a token', 401, json],
    ['a wrong token', 401, { ...json, authorization: 'Bearer wrong' }],
    ['another scheme', 401, { ...json, authorization: `Basic ${btoa(`x:${testToken}`)}` }],
    ['the token and a form', 415, { authorization, 'content-type': 'application/x-www-form-urlencoded' }],
    ['the token and text', 415, { authorization, 'content-type': 'text/plain' }],
    ['the token from another site', 403, { ...json, authorization, 'sec-fetch-site': 'cross-site' }],
    ['the token from a sibling site', 403, { ...json, authorization, 'sec-fetch-site': 'same-site' }],
    ['the token from a foreign page', 403, { ...json, authorization, origin: 'http://evil.com' }],
    ['the token', 200, { ...json, authorization }],
  ])('%s: %i', async (_, status, headers) => {
    await withGateway(async (base) => {
      const answer = await fetch(`${base}/v1/chat/completions?token=${testToken}`, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body,
      })
      expect(answer.status).toBe(status)
    })
  })
})

test('IN4: without a token the answer comes before any of the body, and the connection ends', async () => {
  await withGateway(async (_, port) => {
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n`
    expect(await rawRequest(port, `${head}Content-Length: ${1024 ** 3}\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 401 /)
    expect(await rawRequest(port, `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`)).toMatch(/^HTTP\/1\.1 401 /)
  })
})

test('AU4: failures over HTTP and over the socket share one lock, and the page that guessed is told when to come back', async () => {
  await using gateway = await startTestGateway({ ask })
  const base = `http://127.0.0.1:${gateway.server.port}`
  const post = (token: string) =>
    fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        origin: base,
        'x-forwarded-for': '1.1.1.1',
      },
      body: '{"messages":[{"role":"user","content":"hi"}]}',
    })
  for (let i = 0; i < 10; i++) expect((await post(`guess-${i}`)).status).toBe(401)
  const locked = await post(testToken)
  expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '300'])
})

test('AU6: a program here that guesses over HTTP waits for each further answer, and the right token never does', async () => {
  const clock = new ManualClock()
  await using gateway = await startTestGateway({ ask, clock })
  const { port } = gateway.server
  const post = (token: string) => {
    const sent = request({
      port,
      host: '127.0.0.1',
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    })
    sent.end('{"messages":[{"role":"user","content":"hi"}]}')
    return once(sent, 'response').then(([response]) => (response as IncomingMessage).resume().statusCode)
  }
  for (let i = 0; i < 9; i++) expect(await post(`guess-${i}`)).toBe(401)
  const timers = clock.waiting
  let answered = false
  const slow = post('guess-9').finally(() => {
    answered = true
  })
  await expect.poll(() => clock.waiting).toBe(timers + 1)
  expect(await post(testToken)).toBe(200)
  expect(answered).toBe(false)
  clock.advance(1000)
  expect(await slow).toBe(401)
})
