/** Our client through a real SSH server to a real gateway: who gets in, what a frozen or killed SSH server does to an answer. */

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { openLink } from '../../src/client/open-link.ts'
import { openSocket, sendQueueBytes } from '../../src/client/socket.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { openTunnel } from '../../src/tunnel/open.ts'
import { noPrompts } from '../../src/tunnel/prompts.ts'
import { wayOrigin } from '../../src/tunnel/way-origin.ts'
import { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { slowModel, words } from '../support/slow-model.ts'
import { startSshd } from '../support/sshd.ts'
import { tunnelContext } from '../support/tunnel-context.ts'
import { history, mainSession, operator, textOf } from './support.ts'

test('TU19: inside the tunnel the gateway still wants its secret', async () => {
  await using sshd = await startSshd()
  await using gateway = await startTestGateway()
  await using home = await Home.make()
  const way = sshd.way({ gatewayPort: gateway.server.port })
  const origin = wayOrigin(way)
  const link = (token?: string) =>
    openLink(
      {
        ...{ name: 'vps', id: 'vps', ways: [way], origin, source: 'a test', isLocal: false, isSecretExplicit: true },
        secret: async () => (token === undefined ? {} : { token: new Secret(token) }),
      } as never,
      {
        ...{ clock: systemClock, prompts: noPrompts, env: {}, paths: { ...home.paths, home: sshd.home } },
        ...{ timeoutMs: 10_000, signal: AbortSignal.timeout(15_000) },
      },
    )
  await expect(link()).rejects.toMatchObject({ code: 'client.unauthorized' })
  await expect(link('wrong')).rejects.toMatchObject({ code: 'client.unauthorized' })
  await using good = await link(testToken)
  expect(good.hello.server).toBeDefined()
})

test('TU21: at most 8 MiB wait for a peer behind a frozen SSH server', async () => {
  await using sshd = await startSshd()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 1 << 30 })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await using tunnel = await openTunnel(sshd.way({ gatewayPort: port }), tunnelContext({ home: sshd.home }))
  const events = { onText: () => {}, onPong: () => {}, onEnd: () => {} }
  const stream = await tunnel.dial(AbortSignal.timeout(10_000))
  const socket = await openSocket(stream, { ...tunnel, clock: systemClock }, events, AbortSignal.timeout(10_000))
  socket.limitPayload(1 << 30)
  for (const pid of sshd.sessions()) process.kill(pid, 'SIGSTOP')
  const piece = 'x'.repeat(256 * 1024)
  let sent = 0
  const paste = () => {
    for (; sent < 100 << 20; sent += piece.length) socket.send(piece)
  }
  expect(paste).toThrow('does not read')
  // What the queue holds, what SSH lets go ahead (its window, 2 MiB), and what both kernels take.
  expect(sent).toBeLessThan(sendQueueBytes + (16 << 20))
  server.close()
})

test('an answer that is cut by kill -9 of the SSH server comes whole, over a new SSH connection', async () => {
  const reply = Array.from({ length: 400 }, (_, i) => `word-${i} `).join('')
  await using model = await slowModel(() => words(reply, 3))
  await using gateway = await startBuiltGateway({ config: model.config() })
  await using sshd = await startSshd()
  await using home = await Home.make()
  const way = sshd.way({ gatewayPort: Number(new URL(gateway.url).port) })
  await using seen = await home.connect(gateway.url, { token: gateway.token }, { way, home: sshd.home })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const runId = randomUUID()
  await seen.connection.outbox.add({ sessionKey: mainSession, message: 'go on', idempotencyKey: runId })
  for (const upTo of [50, 200]) {
    await seen.until(() => seen.text(runId).includes(`word-${upTo} `))
    for (const pid of sshd.sessions()) process.kill(pid, 'SIGKILL')
  }
  const isEnded = () =>
    seen.events.some(({ name, payload }) => name === 'chat' && payload.runId === runId && payload.state === 'final')
  await seen.until(isEnded)
  expect(seen.text(runId)).toBe(reply)
  expect(seen.attachments.map(({ kind }) => kind)).toContain('resumed')
  expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(3)
  using other = await operator(gateway)
  expect((await history(other)).map(({ content }) => textOf(content)).at(-1)).toBe(reply)
})

test('the SSH connection outlives the gateway behind it: one login, and the conversation goes on when that is back', async () => {
  await using sshd = await startSshd()
  await using home = await Home.make()
  await using first = await startBuiltGateway()
  const { port, stateDir, token } = first
  const way = sshd.way({ gatewayPort: port })
  await using seen = await home.connect(first.url, { token }, { way, home: sshd.home })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  await first.kill9()
  // Told while it waits; the next attempt may be under way already.
  await seen.until(({ connection: { view } }) => view.attempt >= 2 && view.fault?.code === 'ssh.gateway-down')
  await using _ = await startBuiltGateway({ port, stateDir })
  seen.connection.retry()
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect((await seen.connection.call('health', {})).ok).toBe(true)
  expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1)
})
