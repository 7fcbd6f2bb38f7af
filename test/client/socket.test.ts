import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { establish } from '../../src/client/establish.ts'
import { openDirect } from '../../src/tunnel/direct.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

test.each([301, 302, 307, 308])(
  'AU18: a gateway that answers %i is not followed: nothing goes elsewhere',
  async (status) => {
    await using home = await Home.make()
    await using elsewhere = await StandInGateway.start({ token: 'hunter2' })
    const heard: string[] = []
    const server = createServer((request, response) => {
      heard.push(JSON.stringify(request.headers))
      response.writeHead(status, { location: elsewhere.url.replace('ws', 'http') }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const greeter = await home.greeter(`ws://127.0.0.1:${port}`, { token: 'hunter2' })
    await using tunnel = openDirect({ kind: 'direct', url: `ws://127.0.0.1:${port}` })
    await expect(establish(tunnel, greeter, { onLost() {} }, new AbortController().signal, 3000)).rejects.toMatchObject(
      {
        code: 'client.not-a-gateway',
        message: expect.stringContaining(`HTTP ${status}`),
      },
    )
    server.close()
    expect(heard).toHaveLength(1)
    expect(heard[0]).not.toMatch(/hunter2|authorization/i)
    expect(elsewhere.peers).toEqual([])
  },
)
