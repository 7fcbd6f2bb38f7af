/** What takes its time: a dead server is found by waiting, and new keys come after megabytes. */

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { SshWay } from '../../../src/tunnel/way.ts'
import { read } from '../../contract/tunnel.ts'
import { startEcho, startTcp } from '../../support/echo.ts'
import { startSsh2Server } from '../../support/ssh2-server.ts'
import { type Sshd, startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const within = () => AbortSignal.timeout(15_000)

const open = async (server: Pick<Sshd, 'home' | 'way'>, more: Partial<SshWay> = {}) =>
  await openTunnel(server.way({ engine: 'ssh2', ...more }), tunnelContext({ home: server.home }))

test('TU9: with nothing configured a frozen server is found within 12 s', async () => {
  await using sshd = await startSshd()
  await using tunnel = await open(sshd)
  for (const pid of sshd.sessions()) process.kill(pid, 'SIGSTOP')
  const since = performance.now()
  expect(await tunnel.closed).toMatchObject({ code: 'ssh.lost', retryable: true })
  const tookMs = performance.now() - since
  expect(tookMs).toBeGreaterThan(8_000) // three misses of 3 s, and not one
  // Interval × (count + 1) is 12 s; a miss more would be 15, and each beat a little late is a busy machine.
  expect(tookMs).toBeLessThan(14_500)
}, 60_000)

test('TU13: what is carried survives new keys in the middle, and the order of packets is protected', async () => {
  await using sshd = await startSshd({ settings: ['RekeyLimit 4M', 'LogLevel DEBUG3'] })
  const size = 24 << 20
  const sent = randomBytes(size)
  await using gateway = await startTcp((socket) => {
    socket.end(sent)
    socket.resume()
  })
  await using tunnel = await open(sshd, { gatewayPort: gateway.port })
  const hash = createHash('sha256')
  for await (const piece of await tunnel.dial(within())) hash.update(piece)
  expect(hash.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'))
  expect(sshd.log().match(/set_newkeys: rekeying/g)?.length).toBeGreaterThan(4)
  expect(sshd.log()).toContain('will use strict KEX ordering')
})

test('TU9: a frozen server is found after its configured interval × (count + 1), and told as lost', async () => {
  const config = 'Host frozen\n HostName 127.0.0.1\n ServerAliveInterval 1\n ServerAliveCountMax 1\n'
  await using sshd = await startSshd({ config })
  await using echo = await startEcho()
  await using tunnel = await open(sshd, { host: 'frozen', gatewayPort: echo.port })
  const stream = await tunnel.dial(within())
  stream.write('hello')
  expect(String(await read(stream, 5))).toBe('hello')
  for (const pid of sshd.sessions()) process.kill(pid, 'SIGSTOP')
  stream.resume()
  const [fault] = await Promise.all([tunnel.closed, once(stream, 'close')])
  expect(fault).toMatchObject({
    code: 'ssh.lost',
    message: 'The SSH connection to frozen went silent',
    retryable: true,
  })
  await expect(tunnel.dial(within())).rejects.toMatchObject({ code: 'ssh.lost' })
})

test('a slow line is not taken for a dead one: whatever arrives is a sign of life', async () => {
  const config = 'Host slow\n HostName 127.0.0.1\n ServerAliveInterval 1\n ServerAliveCountMax 1\n'
  await using server = await startSsh2Server({ isKeepAliveAnswered: false, config })
  let ticks = 0
  await using gateway = await startTcp((socket) => {
    const timer = setInterval(() => socket.write(ticks++ < 14 ? '.' : ''), 200)
    socket.once('close', () => clearInterval(timer))
  })
  await using tunnel = await open(server, { host: 'slow', gatewayPort: gateway.port })
  const stream = await tunnel.dial(within())
  let heard = 0
  stream.on('data', (piece: Buffer) => {
    heard += piece.length
  })
  expect(await tunnel.closed).toMatchObject({ code: 'ssh.lost' })
  expect(heard).toBe(14)
})
