import { expect, test } from 'vitest'
import { makeDevice } from '../../support/device.ts'
import { newsOf, startTestGateway } from '../../support/gateway.ts'

test('a peer that asks 20,000 things at once is answered every one, in order', async () => {
  await using gateway = await startTestGateway()
  using client = await gateway.client()
  const count = 20_000
  for (let i = 0; i < count; i++) client.send(`{"type":"req","id":"${i}","method":"health"}`)
  await client.response(String(count - 1))
  const ids = client.frames.flatMap((frame) => (frame.type === 'res' ? [frame.id] : [])).slice(1)
  expect(ids).toEqual(Array.from({ length: count }, (_, i) => String(i)))
})

test('IN7: fifty readers that stop reading do not slow the others, and still get the end of a long answer', async () => {
  await using gateway = await startTestGateway()
  const caps = ['reattach']
  const device = makeDevice()
  const readers = await Promise.all(Array.from({ length: 50 }, () => gateway.client({ device, caps })))
  for (const reader of readers) {
    await reader.request('reattach', {})
    reader.socket.pause()
  }
  using active = await gateway.client()
  const run = newsOf('k1')
  const before = process.memoryUsage().rss
  const words = Array.from({ length: 200 }, (_, i) => `${i} `.repeat(2000))
  gateway.publish(run.started())
  for (const word of words) {
    gateway.publish(run.text(word))
    await new Promise((resolve) => setImmediate(resolve))
  }
  gateway.publish(run.ended())
  await active.event('chat', (payload) => payload.state === 'final')
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
  for (const reader of readers) reader.socket.resume()
  for (const reader of readers) {
    await reader.event('chat', (payload) => payload.state === 'final')
    const deltas = reader.events.map(({ payload }) => payload as { state?: string; deltaText?: string })
    expect(deltas.map(({ deltaText = '' }) => deltaText).join('').length).toBe(words.join('').length)
    reader.socket.terminate()
  }
})
