/** A port of this machine that nobody listens on, for programs that must be told one. */

import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports the system hands out by itself (Linux: from 32,768): between this and its use, no connection and no
 * `listen(0)` of another test takes it.
 */
const range = { from: 20_000, to: 32_000 }

export async function freePort(): Promise<number> {
  for (;;) {
    const port = range.from + Math.floor(Math.random() * (range.to - range.from))
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true })
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
