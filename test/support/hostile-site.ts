/**
 * A hostile site on another port, and what proves that it can hurt: a server that is deliberately open, with an answer
 * for every page of the world.
 */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'
import type { BrowserName } from './browsers.ts'
import { openBrowser } from './browsers.ts'
import { startRebinding } from './rebinding.ts'

/** By way of attack: what the page could read, else null. */
type Got = Record<string, string | null>
export type Report = { rebound: Got | null; '127.0.0.1': Got; localhost: Got; guessed: number }
type Target = { port: number; token: string }

const page = readFileSync(join(import.meta.dirname, '../fixtures/hostile-page/page.html'), 'utf8')

/** Opens the page in a browser and gives its report about each target, guessing the secret of each so many times. */
export async function attack<T extends string>(
  browser: BrowserName,
  targets: Record<T, Target>,
  { guesses, limitMs }: { guesses: number; limitMs: number },
): Promise<Record<T, Report>> {
  await using resolver = await startRebinding()
  const all = Object.entries<Target>(targets).map(([name, target]) => ({
    name,
    ...target,
    host: `${name}.rebound.example`,
  }))
  const described = all.map(({ name, token, port, host }) => {
    const bases = [`http://127.0.0.1:${port}`, `http://localhost:${port}`]
    return [name, { token, bases, reboundUrl: `http://${host}:${port}/rebound?target=${name}` }]
  })
  const plan = JSON.stringify({ guesses, targets: Object.fromEntries(described) })
  const { promise: reported, resolve } = Promise.withResolvers<string>()
  const server = createServer(async (request, response) => {
    response.setHeader('connection', 'close') // so that the browser asks the resolver again
    if (request.url === '/report') resolve(await text(request))
    const rebound = all.find(({ host, port }) => request.headers.host === `${host}:${port}`)
    if (request.url === '/rebind' && rebound) resolver.lead(rebound.host, rebound.port)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(page.replace('__PLAN__', () => plan))
  })
  const port = await listening(server)
  for (const { host } of all) resolver.lead(host, port)
  try {
    await using _ = openBrowser(browser, `http://127.0.0.1:${port}/`, { socksPort: resolver.port })
    const report = await Promise.race([reported, new Promise<undefined>((end) => setTimeout(end, limitMs))])
    if (report === undefined) throw new Error(`${browser} did not report within ${limitMs} ms`)
    return JSON.parse(report)
  } finally {
    await closed(server)
  }
}

export type OpenServer = AsyncDisposable & { port: number; changed: string[] }

/** Answers every origin and every Host with `secret`, and lets each change something. */
export async function startOpenServer(secret: string): Promise<OpenServer> {
  const changed: string[] = []
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('access-control-allow-headers', 'authorization, content-type')
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT')
    if (request.method === 'OPTIONS') return void response.end()
    if (request.method === 'POST') {
      const sent = (await text(request)).replaceAll('+', ' ')
      changed.push(...(sent.match(/changed by [\w /,-]*\w/g) ?? []))
    }
    const isStream = request.headers.accept === 'text/event-stream'
    const isScript = request.headers['sec-fetch-dest'] === 'script'
    response.setHeader('content-type', isStream ? 'text/event-stream' : isScript ? 'text/javascript' : 'text/html')
    response.end(isStream ? `data: ${secret}\n\n` : isScript ? `leaked = '${secret}'` : secret)
  })
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered][0] ?? false })
  sockets.on('connection', (socket) => socket.send(secret))
  return {
    port: await listening(server),
    changed,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      await closed(server)
    },
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
