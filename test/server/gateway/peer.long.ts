import { expect, test } from 'vitest'
import { startTestGateway } from '../../support/gateway.ts'

test('a peer that asks 20,000 things at once is answered every one, in order', async () => {
  await using gateway = await startTestGateway()
  using client = await gateway.client()
  const count = 20_000
  for (let i = 0; i < count; i++) client.send(`{"type":"req","id":"${i}","method":"health"}`)
  await client.response(String(count - 1))
  const ids = client.frames.flatMap((frame) => (frame.type === 'res' ? [frame.id] : [])).slice(1)
  expect(ids).toEqual(Array.from({ length: count }, (_, i) => String(i)))
})
