/** A new user: an account on a server with a gateway, `ssh setup`, `use`, a conversation, a browser through `tunnel up`. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { freePort } from '../support/free-port.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { makeHome, startSshd } from '../support/sshd.ts'

test('setup, use, a conversation over SSH, and the gateway’s page at a local port of one’s own', async () => {
  await using home = await Home.make()
  makeHome(home.dir)
  const far = join(home.dir, 'far')
  const stateDir = join(far, '.clawdbot')
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  await using gateway = await startBuiltGateway({ stateDir, env: { CLAWDBOT_GATEWAY_TOKEN: '' } }) // it makes its own
  const keys = join(far, 'authorized_keys')
  writeFileSync(keys, readFileSync(join(home.dir, '.ssh/id_ed25519.pub')))
  await using sshd = await startSshd({ home: home.dir, settings: [`SetEnv HOME=${far}`, `AuthorizedKeysFile ${keys}`] })
  const env = { ...compiledOnce, PATH: process.env.PATH, HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  const clawdbot = async (...words: string[]) =>
    (await promisify(execFile)(process.execPath, [built('clawdbot'), ...words], { env })).stdout

  const account = `${sshd.user}@127.0.0.1:${sshd.port}`
  const port = String(gateway.port)
  const setup = await clawdbot('ssh', 'setup', account, '--name', 'vps', '--gateway-port', port, '--yes')
  expect(setup).toContain("✅ The gateway's token is kept in a private file\n")
  expect(setup).toMatch(/✅ gateway +\S+.*\n/)
  expect(await clawdbot('use', 'vps')).toContain('✅ Using vps (ssh ')
  expect(await clawdbot('agent', '--message', 'hello')).toMatch(/\w{3,}/)
  expect(JSON.parse(await clawdbot('sessions', 'list', '--json')).sessions).toHaveLength(1)

  const local = String(await freePort())
  const tunnel = spawn(process.execPath, [built('clawdbot'), 'tunnel', 'up', '--local-port', local], { env })
  try {
    let text = ''
    tunnel.stdout.on('data', (piece) => (text += piece))
    await expect.poll(() => text, { timeout: 15_000 }).toContain('✅ Up (ssh2 › 127.0.0.1)')
    expect(await (await fetch(`http://127.0.0.1:${local}/`)).text()).toContain('Clawdbot')
  } finally {
    tunnel.kill('SIGTERM')
    expect(await once(tunnel, 'exit')).toEqual([0, null])
  }
}, 60_000)
