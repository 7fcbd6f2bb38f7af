import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLink } from '../../src/client/open-link.ts'
import { resolveTarget } from '../../src/client/target.ts'
import { connectChallenge } from '../../src/shared/protocol/health.ts'
import { vocabularyOf } from '../../src/shared/rpc/vocabulary.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import { ChaosProxy } from '../support/chaos-proxy.ts'
import { ManualClock } from '../support/clock.ts'
import { freePort } from '../support/free-port.ts'
import { makeKey, startSshd } from '../support/sshd.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

test('a restarting gateway: waiting, then back by itself; the screen keeps its facts meanwhile', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  const { port, url } = gateway
  await using seen = await home.connect(url)
  await seen.until(({ connection }) => connection.view.phase === 'live')
  gateway.live.close(1012, 'service restart')
  await gateway[Symbol.asyncDispose]()
  await seen.until(({ connection }) => connection.view.attempt >= 2)
  expect(seen.connection.view.hello?.protocol).toBe(4)
  await expect(seen.connection.call('health', {})).rejects.toMatchObject({ code: 'client.closed', retryable: true })
  await using back = await StandInGateway.start({ port })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect(back.connects).toHaveLength(1)
  expect(seen.connection.view.fault).toBeUndefined()
})

test.each([
  ['has stopped', null],
  ['is restarting', 1500],
])(
  'a gateway that says how it leaves %s, also in the words of who knows few events',
  async (words, restartExpectedMs) => {
    await using home = await Home.make()
    await using gateway = await StandInGateway.start()
    await using seen = await home.connect(gateway.url)
    await seen.until(({ connection }) => connection.view.phase === 'live')
    const target = await resolveTarget({ url: gateway.url, token: 't' }, {}, home.paths)
    const around = { paths: home.paths, env: {}, clock: systemClock, prompts: noPrompts, timeoutMs: 5000 }
    const vocabulary = vocabularyOf([], [connectChallenge])
    await using link = await openLink(target, { ...around, vocabulary, signal: new AbortController().signal })
    for (const peer of gateway.peers) {
      peer.event('shutdown', { reason: 'gateway leaving', restartExpectedMs })
      peer.close(1012, 'service restart')
    }
    expect((await link.rpc.lost).message).toBe(`The gateway at ${gateway.url} ${words}`)
    await seen.until(({ connection }) => connection.view.fault?.message === `The gateway at ${gateway.url} ${words}`)
  },
)

test.each(['waking', 'another network', 'the person'])('TU11: %s ends a pause at once', async (what) => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  let isRefusing = false
  await using door = await ChaosProxy.before(gateway.port, () => ({ refuse: isRefusing }))
  const clock = new ManualClock()
  let network = 'home'
  await using seen = await home.connect(door.url, {}, { clock, network: () => network, random: () => 0.999 })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  isRefusing = true
  door.cut()
  for (let attempt = 1; attempt <= 4; attempt++) {
    await seen.until(({ connection }) => connection.view.phase === 'waiting' && connection.view.attempt === attempt)
    if (attempt < 4) clock.advance((seen.connection.view.retryAt ?? 0) - clock.now() + 1)
  }
  isRefusing = false
  const beforeMs = clock.monotonic()
  if (what === 'the person') seen.connection.retry()
  else {
    if (what === 'waking') clock.jump(60_000)
    else network = 'office'
    clock.advance(1_000)
  }
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect(clock.monotonic() - beforeMs).toBeLessThanOrEqual(1_000)
})

test('a wrong token is asked about once and not tried again by itself', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'right' })
  await using seen = await home.connect(gateway.url, { token: 'wrong' })
  await seen.until(({ connection }) => connection.view.phase === 'failed')
  expect(seen.connection.view).toMatchObject({ fault: { code: 'client.unauthorized' } })
  gateway.options.token = 'wrong'
  seen.connection.retry()
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect(gateway.connects).toHaveLength(2)
})

test.each([
  ['client.pairing-required', { code: 'NOT_PAIRED', message: 'pairing required', details: { requestId: 'r-1' } }],
  ['client.unauthorized', { code: 'INVALID_REQUEST', message: 'unauthorized: gateway token mismatch' }],
  ['client.protocol-mismatch', { code: 'INVALID_REQUEST', message: 'protocol mismatch' }],
])(
  'TU11: %s waits for the person, whatever the network and the hours do, and goes on when they want',
  async (code, refuse) => {
    await using home = await Home.make()
    await using gateway = await StandInGateway.start({ refuse })
    const clock = new ManualClock()
    let network = 'home'
    await using seen = await home.connect(gateway.url, {}, { clock, network: () => network })
    await seen.until(({ connection }) => connection.view.phase === 'failed')
    expect(seen.connection.view.fault?.code).toBe(code)
    network = 'office'
    clock.jump(8 * 3_600_000)
    clock.advance(600_000)
    await new Promise(setImmediate)
    expect(gateway.connects).toHaveLength(1)
    delete gateway.options.refuse
    seen.connection.retry()
    await seen.until(({ connection }) => connection.view.phase === 'live')
  },
)

test('TU11: a changed host key waits for the person too: one connection to that server, and no other', async () => {
  await using sshd = await startSshd()
  writeFileSync(join(sshd.home, '.ssh/known_hosts'), `[127.0.0.1]:${sshd.port} ${makeKey(join(sshd.home, 'other'))}\n`)
  await using home = await Home.make()
  const clock = new ManualClock()
  const way = sshd.way({ engine: 'ssh2' })
  await using seen = await home.connect('ws://127.0.0.1:1', {}, { way, home: sshd.home, clock })
  await seen.until(({ connection }) => connection.view.phase === 'failed')
  expect(seen.connection.view.fault?.code).toBe('ssh.host-key-changed')
  clock.jump(3_600_000)
  clock.advance(600_000)
  await new Promise(setImmediate)
  expect(seen.phases.at(-1)).toBe('failed')
  expect(sshd.log().match(/Connection from/g)).toHaveLength(1)
})

test('an SSH connection is kept through attempts that find no gateway, also when its way is not the preferred one', async () => {
  await using sshd = await startSshd()
  await using home = await Home.make()
  const port = await freePort()
  const others = [sshd.way({ gatewayPort: port })]
  await using seen = await home.connect('ws://127.0.0.1:1', {}, { others, home: sshd.home })
  await seen.until(({ connection }) => connection.view.attempt >= 3)
  expect(seen.connection.view.fault?.message).toContain('No gateway listens')
  await using _ = await StandInGateway.start({ port })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect(seen.connection.view.transport).toBe('ssh')
  expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1)
})
