/** FAKE model vendor: a local HTTP server that answers in a vendor's documented streaming format. */

import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export type VendorRequest = {
  method: string
  path: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The parsed JSON body; null for a request without one. */
  body: unknown
}

export type VendorReply = {
  /** 200 unless told otherwise. */
  status?: number
  headers?: Record<string, string>
  /** Sent at once. */
  body?: string
  /** What becomes of the connection after the body: ended properly, at once or a moment later, cut, or left open until the client goes. */
  ending?: 'end' | 'late' | 'cut' | 'hold'
}

export type VendorServer = AsyncDisposable & {
  url: string
  /** Every request it got, oldest first. */
  requests: VendorRequest[]
  /** How many connections clients have opened. */
  connections(): number
  /** How many replies are sent to their end. */
  ended(): number
  /** Resolves when a client closed the connection before the reply was over. */
  clientLeft: Promise<void>
}

export async function vendorServer(
  answer: (request: VendorRequest) => VendorReply | Promise<VendorReply>,
): Promise<VendorServer> {
  const requests: VendorRequest[] = []
  const left = Promise.withResolvers<void>()
  let [connections, ended] = [0, 0]
  const server = createServer(async (incoming, response) => {
    response.once('finish', () => ended++)
    response.once('close', () => response.writableFinished || left.resolve())
    const request = await readRequest(incoming)
    requests.push(request)
    send(response, await answer(request))
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    ended: () => ended,
    clientLeft: left.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<VendorRequest> {
  const body = await text(incoming)
  const { method = 'GET', url: path = '/', headers } = incoming
  return { method, path, headers, body: body === '' ? null : JSON.parse(body) }
}

function send(response: ServerResponse, { status = 200, headers, body = '', ending = 'end' }: VendorReply): void {
  const type = body.startsWith('{') ? 'application/json' : 'text/event-stream'
  response.writeHead(status, { 'content-type': type, ...headers })
  if (ending === 'end') response.end(body)
  else response.write(body, () => ending === 'cut' && response.destroy())
  if (ending === 'late') setTimeout(() => response.end(), 20)
}

/** A reply from `test/fixtures/providers`. */
export async function fixture(name: string): Promise<string> {
  return await readFile(join(import.meta.dirname, '../fixtures/providers', name), 'utf8')
}
