import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { openLink } from '../../src/client/open-link.ts'
import type { Profile } from '../../src/client/profile.ts'
import { profileTarget } from '../../src/client/target.ts'
import { headStartMs } from '../../src/client/ways.ts'
import { type Clock, systemClock } from '../../src/shared/std/clock.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import { ManualClock } from '../support/clock.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

const direct = (url: string) => ({ kind: 'direct', url }) as const

/** Connects by these ways in their order; resolves with the layers that came up. */
async function link(
  home: Home,
  ways: Profile['ways'],
  more: { clock?: Clock; timeoutMs?: number } = {},
): Promise<string[]> {
  const { paths } = home
  const profile = { id: 'id', name: 'vps', ways, createdAt: 1 }
  const target = await profileTarget(profile, {
    flags: { token: 't' },
    env: {},
    paths,
    prompts: noPrompts,
    source: 'a test',
  })
  const layers: string[] = []
  const { signal } = new AbortController()
  const world = { paths, clock: systemClock, prompts: noPrompts, env: {}, signal, timeoutMs: 3000, ...more }
  await using _ = await openLink(target, {
    ...world,
    onLayer: ({ layer, state }) => void (state === 'up' && layers.push(layer)),
  })
  return layers
}

test('the first way that leads there is taken, and says how far it comes', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 't' })
  const layers = await link(home, [direct('ws://127.0.0.1:1'), direct(gateway.url)])
  expect(layers.slice(-2)).toEqual(['gateway', 'live'])
  expect(gateway.connects).toHaveLength(1)
})

test('a gateway that was reached and refuses is not gone around', async () => {
  await using home = await Home.make()
  await using strict = await StandInGateway.start({ token: 'other' })
  await using open = await StandInGateway.start()
  await expect(link(home, [direct(strict.url), direct(open.url)])).rejects.toMatchObject({
    code: 'client.unauthorized',
  })
  expect(open.peers).toEqual([])
})

test('when no way leads there, the preferred one is blamed and the others are named', async () => {
  await using home = await Home.make()
  await expect(link(home, [direct('ws://127.0.0.1:1'), direct('ws://127.0.0.1:2')])).rejects.toMatchObject({
    code: 'client.refused',
    message: expect.stringMatching(
      /^Nothing listens at \S+:1; .*do not lead there either \(Nothing listens at \S+:2\)$/,
    ),
    remedy: expect.any(String),
  })
})

/** A port that takes connections and says nothing, as that of a frozen process does. */
async function silentPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { url: `ws://127.0.0.1:${port}`, knock: once(server, 'connection') as Promise<[Socket]>, server }
}

test('a way that is silent does not hold up the next one, and its connection ends', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 't' })
  const { url, knock, server } = await silentPort()
  const clock = new ManualClock()
  const linked = link(home, [direct(url), direct(gateway.url)], { clock, timeoutMs: 60_000 })
  const [socket] = await knock
  clock.advance(headStartMs)
  expect((await linked).at(-1)).toBe('live')
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
  server.close()
})
