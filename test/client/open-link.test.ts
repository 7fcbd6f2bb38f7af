import { expect, test } from 'vitest'
import { openLink } from '../../src/client/open-link.ts'
import type { Profile } from '../../src/client/profile.ts'
import { profileTarget } from '../../src/client/target.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

const direct = (url: string) => ({ kind: 'direct', url }) as const

/** Connects by these ways in their order; resolves with the layers that came up. */
async function link(home: Home, ways: Profile['ways'], token = 't'): Promise<string[]> {
  const { paths } = home
  const profile = { id: 'id', name: 'vps', ways, createdAt: 1 }
  const target = await profileTarget(profile, {
    flags: { token },
    env: {},
    paths,
    prompts: noPrompts,
    source: 'a test',
  })
  const layers: string[] = []
  const { signal } = new AbortController()
  const world = { paths, clock: systemClock, prompts: noPrompts, env: {}, signal, timeoutMs: 3000 }
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
