import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { Tmux } from '../support/tmux.ts'
import { installPeer, type PeerName } from './install.ts'

type Case = { args: string[]; shows: RegExp }

const common: Case[] = [
  { args: ['health'], shows: /Agents: main/ },
  { args: ['health', '--json'], shows: /"ok": true/ },
  { args: ['gateway', 'health'], shows: /OK/ },
  { args: ['gateway', 'probe'], shows: /Reachable: yes/ },
  { args: ['gateway', 'call', 'status'], shows: /"sessions"/ },
  { args: ['channels', 'status'], shows: /Gateway reachable/ },
  { args: ['nodes', 'status'], shows: /Known: 0/ },
  { args: ['nodes', 'list'], shows: /Pending: 0/ },
  { args: ['devices', 'list'], shows: /Paired/ },
  { args: ['logs', '--limit', '20'], shows: /Log file|listening|gateway/i },
]

const cases: { peer: PeerName; folder: string; file: string }[] = [
  { peer: 'clawdbot', folder: '.clawdbot', file: 'clawdbot.json' },
  { peer: 'openclaw', folder: '.openclaw', file: 'openclaw.json' },
]

describe.each(cases)('the real $peer against our gateway', ({ peer, folder, file }) => {
  let entry: string
  let home: string
  let gateway: RunningGateway
  let env: Record<string, string>

  beforeAll(async () => {
    entry = await installPeer(peer)
    gateway = await startBuiltGateway()
    home = mkdtempSync(join(tmpdir(), `clawdbot-${peer}-`))
    mkdirSync(join(home, folder))
    // All its own config needs: where the gateway is, and the token.
    const remote = { url: gateway.url, token: gateway.token }
    writeFileSync(join(home, folder, file), JSON.stringify({ gateway: { mode: 'remote', remote } }))
    env = { HOME: home, PATH: process.env.PATH ?? '', TERM: 'xterm-256color', NO_COLOR: '1' }
  })

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    if (home) rmSync(home, { recursive: true, force: true })
  })

  test.each(common)('$args', async ({ args, shows }) => {
    const { code, output } = await run(entry, args, env)
    expect(output).toMatch(shows)
    expect(code).toBe(0)
  })

  test('its terminal holds a conversation, stops a reply, switches a session, resets', async () => {
    using screen = new Tmux([process.execPath, entry, 'tui'], { columns: 100, rows: 30, env })
    await screen.until(/connected|idle/i, 60_000)
    screen.type('help')
    await screen.until('help')
    screen.press('Enter')
    await screen.until(/built-in guide/i, 30_000)
    screen.type('/session side')
    screen.press('Enter')
    await screen.until(/side/, 20_000)
    screen.type('status')
    screen.press('Enter')
    await screen.until(/gateway/i, 30_000)
    screen.press('C-c')
    screen.press('C-c')
  })
})

function run(entry: string, args: string[], env: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: `${stdout}\n${stderr}` })
    })
  })
}
