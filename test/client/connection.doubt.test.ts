import { expect, test } from 'vitest'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { ManualClock } from '../support/clock.ts'
import { reattaching } from '../support/reattaching.ts'
import { scriptedPrompts } from '../support/scripted-prompts.ts'
import { startSsh2Server } from '../support/ssh2-server.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

test('TU10: after a sleep it is honest at once, and a second connection takes over from one that is silent', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ methods: reattaching().methods })
  const clock = new ManualClock()
  await using seen = await home.connect(gateway.url, {}, { clock })
  await seen.until(({ connection }) => connection.latency().samples.length === 1)
  clock.advance(5_000) // a ping goes out
  gateway.live.freeze()
  clock.jump(60_000)
  clock.advance(1_000)
  expect(seen.connection.view).toMatchObject({ phase: 'live', isSuspect: true })
  await seen.until(({ connection }) => gateway.peers.length === 2 && !connection.view.isSuspect)
  expect(seen.phases).toEqual(['resolving', 'connecting', 'greeting', 'live'])
  expect(seen.attachments.map(({ kind }) => kind)).toEqual(['fresh', 'resumed'])
  await seen.until(({ connection }) => connection.latency().samples.length > 1)
  expect(Math.max(...seen.connection.latency().samples.map(({ ms }) => ms))).toBeLessThanOrEqual(1_000)
})

test('TU10: after a sleep the first connection is kept when it answers', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ methods: reattaching().methods })
  // One way that never answers a greeting: the second connection cannot be faster.
  await using door = await ChaosProxy.before(gateway.port, (connection) =>
    connection === 0 ? {} : { delayMs: 60_000 },
  )
  const clock = new ManualClock()
  await using seen = await home.connect(door.url, {}, { clock })
  await seen.until(({ connection }) => connection.view.latencyMs !== undefined)
  clock.jump(60_000)
  clock.advance(1_000)
  expect(seen.connection.view.isSuspect).toBe(true)
  await seen.until(({ connection }) => !connection.view.isSuspect)
  expect(gateway.connects).toHaveLength(1)
  expect(seen.attachments).toHaveLength(1)
})

test('TR5: an idle connection lives on the pings of both ends; one whose gateway froze is given up within 12 s', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  const clock = new ManualClock()
  await using seen = await home.connect(gateway.url, {}, { clock })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const second = async () => {
    clock.advance(1_000)
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate) // what was sent arrives
  }
  for (let i = 0; i < 600; i++) await second()
  expect(seen.connection.latency().samples.length).toBeGreaterThan(50)
  expect(seen.phases.at(-1)).toBe('live')
  expect(gateway.connects).toHaveLength(1)
  gateway.live.freeze()
  gateway.options.refuse = { code: 'UNAVAILABLE', message: 'starting' }
  let silentS = 0
  while (seen.connection.view.phase === 'live' && silentS < 60) {
    await second()
    silentS++
  }
  expect(silentS).toBeLessThanOrEqual(12)
})

test('a way that has to ask is not asked about beside a connection in doubt, and is once that is lost', async () => {
  await using server = await startSsh2Server({
    login: (attempt) => (attempt.method === 'password' ? attempt.accept() : attempt.reject(['password'])),
  })
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  await using door = await ChaosProxy.before(gateway.port)
  const prompts = scriptedPrompts({ passwords: ['hunter2'] })
  const clock = new ManualClock()
  const others = [server.way({ gatewayPort: gateway.port })]
  await using seen = await home.connect(door.url, {}, { others, home: server.home, clock, prompts })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  door.become(() => ({ refuse: true }))
  door.freeze()
  clock.jump(60_000)
  clock.advance(1_000)
  await seen.until(() => server.attempts.length > 0) // it was told what that server takes
  expect(seen.connection.view).toMatchObject({ phase: 'live', isSuspect: true })
  expect(prompts.asked).toEqual([])
  const isOverSsh = () => seen.connection.view.phase === 'live' && seen.connection.view.transport === 'ssh'
  for (let i = 0; i < 150 && !isOverSsh(); i++) {
    clock.advance(250)
    await new Promise((resolve) => setTimeout(resolve, 10)) // what is under way gets on
  }
  expect(isOverSsh()).toBe(true)
  expect(prompts.asked.map(({ kind }) => kind)).toEqual(['password'])
})
