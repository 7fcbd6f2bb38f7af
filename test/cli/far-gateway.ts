/** A profile `vps` that leads to what stands for a gateway there. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'

/** What stands for a gateway: answers any request with its Host, which tells whether the forward translated it. */
export async function farGateway(port = 0): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((request, response) => response.end(`to ${request.headers.host}`)).listen(
    port,
    '127.0.0.1',
  )
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export async function homeWith(port: number): Promise<Home> {
  const home = await Home.make()
  const ways: [{ kind: 'direct'; url: string }] = [{ kind: 'direct', url: `ws://127.0.0.1:${port}` }]
  await saveProfile({ name: 'vps', ways }, undefined, { paths: home.paths, clock: systemClock })
  return home
}

export const env = { PATH: process.env.PATH }

export async function get(port: number): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}/`)).text()
}
