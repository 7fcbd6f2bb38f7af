import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listenOnSocket } from '../../../src/server/gateway/listen-socket.ts'
import { nobody, programsFor } from '../../support/nobody.ts'

const nothing = { onConnection() {}, onRequest() {}, onUpgrade() {} }

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'socket-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'run', 'gateway.sock')
}

/** What a program of another account meets; undefined where this test may not act as another one. */
function knockAsNobody(path: string): string | undefined {
  if (process.getuid?.() !== 0) return undefined
  const script = `require('net').connect(${JSON.stringify(path)}).on('connect', () => { console.log('in'); process.exit() }).on('error', (error) => console.log(error.code))`
  return spawnSync(programsFor(nobody).node, ['-e', script], { ...nobody, cwd: '/' })
    .stdout.toString()
    .trim()
}

test('TR3: socket and folder are private, another account gets EACCES, and the file goes with its gateway', async () => {
  const path = place()
  {
    await using socket = await listenOnSocket(path, nothing)
    expect(socket.path).toBe(path)
    expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700])
    chmodSync(dirname(dirname(path)), 0o755)
    expect([undefined, 'EACCES']).toContain(knockAsNobody(path))
    chmodSync(dirname(path), 0o755) // even so the socket's own mode holds
    expect([undefined, 'EACCES']).toContain(knockAsNobody(path))
  }
  expect(existsSync(path)).toBe(false)
})
