import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { closing } from '../../support/closing.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

test('IN1: of 1,024 that wait the ones that waited longest leave for newer ones, and whoever logs in at once stays', async () => {
  await using gateway = await startTestGateway()
  const address = { port: gateway.server.port, host: '127.0.0.1' }
  const open = (count: number, says = '') =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const socket = connect(address)
        await once(socket, 'connect')
        socket.on('error', () => {}) // cut; 'close' follows
        socket.write(says)
        return socket.resume()
      }),
    )
  const first = new RawClient(gateway.url)
  await first.challenge()
  const mute = [...(await open(500)), ...(await open(523, 'GET / HTTP/1.1\r\nHost: '))]
  using owner = await gateway.client({ scopes: ['operator.read'] })
  expect(await first.closed).toEqual({ code: 1006, reason: '' })
  const crowd = [...mute, ...(await open(1_024))]
  await Promise.all(mute.map(closing))
  expect(await owner.request('health')).toMatchObject({ ok: true })
  for (const socket of crowd) socket.destroy()
})
