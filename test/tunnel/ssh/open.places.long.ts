/** Further places over the same SSH connection, and a command there: what forwards and setup need besides the gateway. */

import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTunnel } from '../../../src/tunnel/open.ts'
import { connectThrough } from '../../../src/tunnel/ssh/jump.ts'
import { resolveRoute } from '../../../src/tunnel/ssh/route.ts'
import type { Place } from '../../../src/tunnel/tunnel.ts'
import { read } from '../../contract/tunnel.ts'
import { startEcho } from '../../support/echo.ts'
import { freePort } from '../../support/free-port.ts'
import { startSsh2Server } from '../../support/ssh2-server.ts'
import { startSshd } from '../../support/sshd.ts'
import { tunnelContext } from '../../support/tunnel-context.ts'

const within = () => AbortSignal.timeout(10_000)
const env = { PATH: process.env.PATH }

test.each(['ssh2', 'system'] as const)(
  '%s reaches other places by name, and says when nothing listens there',
  async (engine) => {
    await using echo = await startEcho()
    await using sshd = await startSshd()
    await using tunnel = await openTunnel(
      sshd.way({ engine, gatewayPort: echo.port }),
      tunnelContext({ home: sshd.home, env }),
    )
    const through = async (place: Place) => {
      const stream = await tunnel.dialTo?.(place, within())
      stream?.write('hello')
      return stream && String(await read(stream, 5))
    }
    expect(await through({ host: 'localhost', port: echo.port })).toBe('hello')
    const port = await freePort()
    await expect(through({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'ssh.unreachable',
      message: expect.stringContaining(`127.0.0.1 cannot reach 127.0.0.1:${port}`),
      retryable: true,
    })
  },
)

test('a socket file is a place too', async () => {
  await using sshd = await startSshd()
  const path = join(sshd.home, 'app.sock')
  const server = createServer((socket) => void socket.pipe(socket)).listen(path)
  await using tunnel = await openTunnel(sshd.way(), tunnelContext({ home: sshd.home, env }))
  const stream = await tunnel.dialTo?.({ path }, within())
  stream?.write('hello')
  expect(stream && String(await read(stream, 5))).toBe('hello')
  stream?.destroy()
  server.close()
})

test('a place that the server forbids is named with the setting that allows it', async () => {
  await using sshd = await startSshd({ settings: ['PermitOpen 127.0.0.1:1'] })
  await using tunnel = await openTunnel(sshd.way(), tunnelContext({ home: sshd.home, env }))
  await expect(tunnel.dialTo?.({ host: 'db.internal', port: 5432 }, within())).rejects.toMatchObject({
    code: 'ssh.forwarding-denied',
    message: `127.0.0.1 forbids ${sshd.user} to forward to db.internal:5432`,
    remedy: expect.stringContaining('PermitOpen'),
  })
})

test('a command gets its input, and what it prints and ends with comes back', async () => {
  await using sshd = await startSshd()
  const context = tunnelContext({ home: sshd.home, env })
  await using connection = await connectThrough(await resolveRoute(sshd.way(), context), context)
  expect(await connection.run('cat; echo oh >&2; exit 3', 'hello', within())).toEqual({
    code: 3,
    stdout: 'hello',
    stderr: 'oh\n',
  })
  expect((await connection.run('kill -9 $$', '', within())).code).toBe(undefined)
  expect((await connection.run('yes | head -c 200000', '', within())).stdout).toHaveLength(65_536)
})

test('an account that may run nothing is a fault, and so is a connection that is gone', async () => {
  await using server = await startSsh2Server()
  const context = tunnelContext({ home: server.home, env })
  const connection = await connectThrough(await resolveRoute(server.way(), context), context)
  await expect(connection.run('true', '', within())).rejects.toMatchObject({
    code: 'ssh.unsupported',
    message: expect.stringContaining('runs no commands for deploy'),
  })
  await connection[Symbol.asyncDispose]()
  await expect(connection.run('true', '', within())).rejects.toMatchObject({ code: 'ssh.lost' })
})
