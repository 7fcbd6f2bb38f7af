/** A gateway that listens on a socket file and on no port, used like every other one of this machine. */

import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { built, compiledOnce } from '../support/programs.ts'

test('TR3: started, asked, answered and stopped through the socket alone', async () => {
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-socket-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const state = join(home, 'state')
  const config = { gateway: { socket: { enabled: true, only: true, path: '~/run/gw.sock' } } }
  writeFileSync(join(home, 'clawdbot.json'), JSON.stringify(config), { mode: 0o600 })
  const paths = { CLAWDBOT_STATE_DIR: state, CLAWDBOT_CONFIG_PATH: join(home, 'clawdbot.json') }
  const env = { ...compiledOnce, PATH: process.env.PATH ?? '', HOME: home, ...paths }
  const clawdbot = async (...args: string[]) => {
    const running = promisify(execFile)(process.execPath, [built('clawdbot'), ...args], { env })
    running.child.stdin?.end(args.length === 0 ? 'hello there' : '')
    return (await running).stdout
  }
  try {
    expect((await clawdbot()).length).toBeGreaterThan(10)
    const status = JSON.parse(await clawdbot('gateway', 'status', '--json'))
    expect(status).toMatchObject({ running: true, url: `unix:${join(home, 'run/gw.sock')}` })
    expect(JSON.parse(await clawdbot('health', '--json')).ok).toBe(true)
    expect(JSON.parse(await clawdbot('health', '--json', '--url', status.url)).ok).toBe(true)
  } finally {
    expect(JSON.parse(await clawdbot('gateway', 'stop', '--json'))).toMatchObject({ stopped: true })
  }
  expect(existsSync(join(home, 'run/gw.sock'))).toBe(false)
})
