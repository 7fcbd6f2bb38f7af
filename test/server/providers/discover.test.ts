import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createDiscover } from '../../../src/server/providers/discover.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { Secret } from '../../../src/shared/std/secret.ts'

/** What it was asked, headers and all; answers as told. */
async function listening(answer: { status: number; location?: string; body?: string }) {
  const heard: string[] = []
  const server = createServer(({ url, headers }, response) => {
    heard.push(`${url} ${JSON.stringify(headers)}`)
    response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location })
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { heard, url: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() }
}

const ask = (baseUrl: string) =>
  createDiscover(systemClock)(
    { id: 'own', baseUrl, key: new Secret('hunter2'), headers: { 'x-team': 'blue' }, isLocal: false },
    new AbortController().signal,
  )

test('a server that lists its models is asked with its key, and believed', async () => {
  using server = await listening({ status: 200, body: '{"data":[{"id":"m-1"},{"id":"m-2"}]}' })
  expect((await ask(`${server.url}/v1`)).map(({ id }) => id)).toEqual(['m-1', 'm-2'])
  expect(server.heard).toEqual([expect.stringMatching(/^\/v1\/models .*Bearer hunter2.*/)])
})

test.each([301, 302, 307, 308])(
  'AU18: one that answers %i is not followed: no key and no header goes elsewhere',
  async (status) => {
    using elsewhere = await listening({ status: 200, body: '{"data":[{"id":"m-1"}]}' })
    using server = await listening({ status, location: `${elsewhere.url}/v1/models` })
    expect(await ask(`${server.url}/v1`)).toEqual([])
    expect(server.heard).toHaveLength(1)
    expect(elsewhere.heard).toEqual([])
  },
)
