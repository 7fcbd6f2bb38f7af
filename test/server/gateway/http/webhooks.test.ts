import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { Webhooks } from '../../../../src/server/gateway/http/webhooks.ts'
import { Fault } from '../../../../src/shared/fault.ts'
import { Secret } from '../../../../src/shared/std/secret.ts'
import { startTestGateway } from '../../../support/gateway.ts'

const secret = 'webhook-secret_0123456789'

async function listening() {
  const webhooks = new Webhooks()
  const taken: unknown[] = []
  const ending = new AbortController()
  const take = async (body: unknown) => {
    if (body === 'nonsense') throw new Fault('usage.invalid', 'That is no update')
    taken.push(body)
  }
  webhooks.open({ path: '/hook', header: 'x-hook-token', secret: new Secret(secret), take }, ending.signal)
  const gateway = await startTestGateway({ webhooks })
  const post = (body: string, headers: Record<string, string> = { 'x-hook-token': secret }, path = '/hook') =>
    fetch(`http://127.0.0.1:${gateway.server.port}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    }).then(({ status }) => status)
  return { gateway, taken, ending, post, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
}

test('IN12: a call is taken from whoever shows the secret, and from nobody else', async () => {
  await using held = await listening()
  const { post, taken } = held
  const statuses = [
    await post('{"update_id":1}'),
    await post('{"update_id":2}', {}),
    await post('{"update_id":3}', { 'x-hook-token': `${secret}x` }),
    await post('{"update_id":4}', { authorization: `Bearer ${secret}` }),
    await post('{"update_id":5}', { 'x-hook-token': secret, origin: 'https://evil.example' }),
    await post('"nonsense"'),
    await post('{'),
    await post('{}', { 'x-hook-token': secret }, '/hook/other'),
  ]
  expect([statuses, taken]).toEqual([[200, 401, 401, 401, 403, 400, 400, 404], [{ update_id: 1 }]])
})

test('IN12: without the secret the answer comes before the body', async () => {
  await using held = await listening()
  const socket = connect(held.gateway.server.port, '127.0.0.1')
  const head = [
    'POST /hook HTTP/1.1',
    `host: 127.0.0.1:${held.gateway.server.port}`,
    'content-type: application/json',
    'content-length: 500000',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [line] = await new Promise<string[]>((resolve) =>
    socket.once('data', (data) => resolve(String(data).split('\r\n'))),
  )
  socket.destroy()
  expect(line).toBe('HTTP/1.1 401 Unauthorized')
})

test('a path is there as long as somebody listens, and takes a megabyte', async () => {
  await using held = await listening()
  const { post, ending } = held
  expect(await post(JSON.stringify('x'.repeat(1024 * 1024)))).toBe(413)
  ending.abort()
  expect(await post('{}')).toBe(404)
})
