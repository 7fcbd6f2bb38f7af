/** A stand-in for the daemon's LocalAPI: `GET /localapi/v0/whois?addr=` on a unix socket, as tailscaled answers it. */

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type TailnetNode = { login: string; tags?: string[] }

export type LocalApi = AsyncDisposable & {
  readonly socketPath: string
  /** Who is at which address; changes count at once. */
  readonly nodes: Map<string, TailnetNode>
  /** Instead of answering. */
  trouble: 'none' | 'hangs' | 'endless' | 'garbled'
  /** Addresses it was asked about. */
  readonly asked: string[]
}

export async function startLocalApi(nodes: Record<string, TailnetNode> = {}): Promise<LocalApi> {
  const folder = mkdtempSync(join(tmpdir(), 'local-api-'))
  const socketPath = join(folder, 'tailscaled.sock')
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://local-tailscaled.sock')
    const address = url.searchParams.get('addr') ?? ''
    // It refuses every other Host, so that no page can reach it through a rebound name.
    if (request.headers.host !== 'local-tailscaled.sock') return void response.writeHead(403).end('bad host')
    if (url.pathname !== '/localapi/v0/whois') return void response.writeHead(404).end()
    api.asked.push(address)
    if (api.trouble === 'hangs') return
    if (api.trouble === 'garbled') return void response.end('<html>')
    if (api.trouble === 'endless') {
      const flood = () => {
        while (response.write('x'.repeat(65_536)));
      }
      response.on('drain', flood)
      response.on('error', () => {})
      flood()
      return
    }
    const node = api.nodes.get(address)
    if (!node) return void response.writeHead(404).end('no match for IP:port')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(whoisDocument(address, node)))
  })
  server.listen(socketPath)
  await once(server, 'listening')
  const api: LocalApi = {
    socketPath,
    nodes: new Map(Object.entries(nodes)),
    trouble: 'none',
    asked: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return api
}

/** `apitype.WhoIsResponse`. */
function whoisDocument(address: string, { login, tags }: TailnetNode): object {
  return {
    Node: {
      ID: 1,
      StableID: 'nDESKTOPCNTRL',
      Name: 'desktop.tail1234.ts.net.',
      User: 1,
      Addresses: [`${address}/32`],
      Hostinfo: { OS: 'linux', Hostname: 'desktop' },
      ...(tags ? { Tags: tags } : {}),
    },
    UserProfile: { ID: 1, LoginName: login, DisplayName: 'Ada', ProfilePicURL: '' },
    CapMap: {},
  }
}
