import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import type { Tunnel, TunnelContext } from '../../../src/tunnel/tunnel.ts'
import type { SshWay } from '../../../src/tunnel/way.ts'
import { read } from '../../contract/tunnel.ts'
import { startEcho } from '../../support/echo.ts'
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
