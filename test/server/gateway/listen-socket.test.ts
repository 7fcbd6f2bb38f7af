import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listenOnSocket } from '../../../src/server/gateway/listen-socket.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

const nothing = { onConnection() {}, onRequest() {}, onUpgrade() {} }

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'socket-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'run', 'gateway.sock')
}

/** Leaves the file of a socket whose program was killed. */
function leaveStale(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
}

test('TR3: what a killed gateway left is replaced; a socket that answers is not', async () => {
  const path = place()
  leaveStale(path)
  expect(statSync(path).isSocket()).toBe(true)
  await using _first = await listenOnSocket(path, nothing)
  await expect(listenOnSocket(path, nothing)).rejects.toMatchObject({
    code: 'gateway.port-taken',
    message: expect.stringContaining(`answers on the socket ${path}`),
  })
  expect(existsSync(path)).toBe(true)
})

test('TR3: nothing that is no socket is removed, and no folder of others is used', async () => {
  const path = place()
  mkdirSync(dirname(path), { mode: 0o700 })
  writeFileSync(path, 'notes')
  await expect(listenOnSocket(path, nothing)).rejects.toMatchObject({
    message: expect.stringContaining('is no socket'),
  })
  expect(existsSync(path)).toBe(true)

  const wide = join(dirname(dirname(path)), 'wide')
  mkdirSync(wide)
  chmodSync(wide, 0o755)
  await expect(listenOnSocket(join(wide, 'x.sock'), nothing)).rejects.toMatchObject({
    code: 'gateway.bind-refused',
    remedy: expect.stringContaining(`chmod 700 ${wide}`),
  })
  const link = join(dirname(dirname(path)), 'link')
  symlinkSync(dirname(path), link)
  await expect(listenOnSocket(join(link, 'x.sock'), nothing)).rejects.toMatchObject({
    message: expect.stringContaining('is not a folder of this account'),
  })
})

test('a path longer than the system takes is told before it is cut off silently', async () => {
  const path = join(dirname(place()), 'x'.repeat(104))
  await expect(listenOnSocket(path, nothing)).rejects.toMatchObject({ remedy: expect.stringContaining('shorter') })
})

test('TR3, AU8: a gateway on a socket alone opens no port; its peers are local, need the secret, and name any loopback host', async () => {
  const path = place()
  await using gateway = await startTestGateway({ listen: [], socket: path })
  expect(gateway.server).toMatchObject({ port: 0, url: `unix:${path}`, addresses: [] })
  const knock = async (token: string, headers: Record<string, string> = {}) => {
    using client = new RawClient(`ws+unix:${path}:/`, { headers })
    const answer = await client.connect({ auth: { token } })
    return answer.ok
  }
  const right = 'correct horse battery staple 0123456789'
  expect([await knock(right), await knock('wrong')]).toEqual([true, false])
  expect(await knock(right, { host: '127.0.0.1:18789' })).toBe(true)
  const status = (headers: Record<string, string>) => RawClient.status(`ws+unix:${path}:/`, { headers })
  expect(await status({ host: 'evil.example' })).toBe(421)
  expect(await status({ origin: 'http://localhost' })).toBe(403)
})

test('beside a port, both answer', async () => {
  const path = place()
  await using gateway = await startTestGateway({ socket: path })
  using throughPort = await gateway.client()
  using throughSocket = new RawClient(`ws+unix:${path}:/`)
  const answer = await throughSocket.connect({ auth: { token: 'correct horse battery staple 0123456789' } })
  expect([throughPort.socket.readyState, answer.ok]).toEqual([1, true])
})
