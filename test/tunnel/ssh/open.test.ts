import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { Tunnel, TunnelContext } from '../../../src/tunnel/tunnel.ts'
import type { SshWay } from '../../../src/tunnel/way.ts'
import { read } from '../../contract/tunnel.ts'
import { ManualClock } from '../../support/clock.ts'
import { startTcp } from '../../support/echo.ts'
import { freePort } from '../../support/free-port.ts'
import { type Sshd, startSshd } from '../../support/sshd.ts'
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
