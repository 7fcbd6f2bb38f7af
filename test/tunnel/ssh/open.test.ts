import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { Tunnel, TunnelContext } from '../../../src/tunnel/tunnel.ts'
import type { SshWay } from '../../../src/tunnel/way.ts'
import { read } from '../../contract/tunnel.ts'
import { ManualClock } from '../../support/clock.ts'
import { startEcho, startTcp } from '../../support/echo.ts'
import { freePort } from '../../support/free-port.ts'
import { makeKey, type Sshd, startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const within = () => AbortSignal.timeout(10_000)

function open(
  server: Pick<Sshd, 'home' | 'way'>,
  way: Partial<SshWay> = {},
  parts: Partial<TunnelContext> = {},
): Promise<Tunnel> {
  return openTunnel(server.way({ engine: 'ssh2', ...way }), tunnelContext({ home: server.home, ...parts }))
}

test('TU20: no such host, nobody there, no answer and no SSH server are four different faults', async () => {
  const to = (host: string, port: number, parts: Partial<TunnelContext> = {}) =>
    openTunnel({ kind: 'ssh', host, port, engine: 'ssh2' }, tunnelContext(parts))
  await expect(to('no-such-host.invalid', 22)).rejects.toMatchObject({
    code: 'ssh.unreachable',
    message: expect.stringContaining('no host named no-such-host.invalid'),
    details: { layer: 'dns' },
  })
  await expect(to('127.0.0.1', await freePort())).rejects.toMatchObject({ code: 'ssh.refused', retryable: true })

  await using silent = await startTcp(() => {})
  const clock = new ManualClock()
  const opening = to('127.0.0.1', silent.port, { clock })
  await once(silent.server, 'connection')
  while (clock.waiting === 0) await new Promise(setImmediate)
  clock.advance(20_000)
  await expect(opening).rejects.toMatchObject({ code: 'ssh.timeout', retryable: true })

  await using web = await startTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await expect(to('127.0.0.1', web.port)).rejects.toMatchObject({
    code: 'ssh.unreachable',
    message: expect.stringContaining('does not answer like an SSH server'),
  })
})

test('TU20: a strange key, a refused login, forbidden forwarding and a missing gateway are four more', async () => {
  await using echo = await startEcho()
  await using sshd = await startSshd({ settings: [`PermitOpen 127.0.0.1:${echo.port} 127.0.0.1:1`] })
  const known = join(sshd.home, '.ssh/known_hosts')
  writeFileSync(known, `[127.0.0.1]:${sshd.port} ${makeKey(join(sshd.home, 'other'))}\n`)
  await expect(open(sshd)).rejects.toMatchObject({ code: 'ssh.host-key-changed' })
  writeFileSync(known, `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]}\n`)

  await using forbidden = await open(sshd, { gatewayPort: 2 })
  await expect(forbidden.dial(within())).rejects.toMatchObject({
    code: 'ssh.forwarding-denied',
    remedy: expect.stringContaining('PermitOpen'),
    retryable: false,
  })
  await using absent = await open(sshd, { gatewayPort: 1 })
  await expect(absent.dial(within())).rejects.toMatchObject({
    code: 'ssh.gateway-down',
    message: 'No gateway listens at port 1 of 127.0.0.1',
    remedy: `Start it there: ssh -p ${sshd.port} ${sshd.user}@127.0.0.1 clawdbot gateway start`,
    retryable: true,
  })
  await using there = await open(sshd, { gatewayPort: echo.port })
  const stream = await there.dial(within())
  stream.write('hello')
  expect(String(await read(stream, 5))).toBe('hello')

  sshd.authorize()
  await expect(open(sshd)).rejects.toMatchObject({
    code: 'ssh.unauthorized',
    message: expect.stringContaining('id_ed25519; it takes publickey'),
    remedy: expect.stringContaining(`clawdbot ssh setup ${sshd.user}@127.0.0.1:${sshd.port}`),
  })
  rmSync(join(sshd.home, '.ssh/id_ed25519'))
  await expect(open(sshd)).rejects.toMatchObject({ message: expect.stringContaining('nothing to try') })
})

test('a gateway on a unix socket of the server is reached, and a missing or forbidden one is told', async () => {
  await using sshd = await startSshd()
  const path = join(sshd.home, 'gw.sock')
  await using gateway = await startTcp(() => {})
  const server = gateway.server
  server.close()
  server.on('connection', (socket) => socket.end('at your service'))
  server.listen(path)
  await using tunnel = await open(sshd, { gatewaySocket: path })
  expect(tunnel.origin).toBe(`ssh://127.0.0.1:${sshd.port}${path}`)
  expect(String(await read(await tunnel.dial(within()), 15))).toBe('at your service')
  await using missing = await open(sshd, { gatewaySocket: '/nowhere/gw.sock' })
  await expect(missing.dial(within())).rejects.toMatchObject({
    code: 'ssh.gateway-down',
    message: expect.stringContaining('AllowStreamLocalForwarding'),
  })
})

test('each layer is told as it comes up', async () => {
  await using sshd = await startSshd({
    config: 'Host here\n HostName localhost\n HostKeyAlias here\n AddressFamily inet\n',
  })
  writeFileSync(join(sshd.home, '.ssh/known_hosts'), `here ${sshd.hostKeys[0]}\n`)
  const events: string[] = []
  const onLayer: TunnelContext['onLayer'] = ({ layer, state, detail }) => events.push([layer, state, detail].join(' '))
  await using tunnel = await open(sshd, { host: 'here' }, { onLayer })
  expect(tunnel.route).toBe('ssh2 › here')
  expect(events.map((event) => event.trim())).toEqual([
    ...['dns begun', 'dns up 127.0.0.1', 'tcp begun', 'tcp up 127.0.0.1'],
    ...['ssh begun', 'ssh up ssh-ed25519', 'auth begun', 'auth up publickey'],
  ])
})
