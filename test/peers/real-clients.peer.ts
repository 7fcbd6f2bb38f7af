/** The real programs of the ecosystem, as npm has them, against our gateway. */

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { type SlowModel, slowModel, words } from '../support/slow-model.ts'
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
  { args: ['devices', 'list'], shows: /Paired|No device pairing entries/ },
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
  let model: SlowModel
  let env: Record<string, string>

  beforeAll(async () => {
    entry = await installPeer(peer)
    model = await slowModel(({ question }) =>
      question.endsWith('begin') ? [...words('one two three '), new Promise(() => {})] : [`you said: ${question}`],
    )
    gateway = await startBuiltGateway({ config: model.config() })
    home = mkdtempSync(join(tmpdir(), `clawdbot-${peer}-`))
    mkdirSync(join(home, folder))
    // All its own config needs: where the gateway is, and the token.
    const remote = { url: gateway.url, token: gateway.token }
    writeFileSync(join(home, folder, file), JSON.stringify({ gateway: { mode: 'remote', remote } }))
    env = { HOME: home, PATH: process.env.PATH ?? '', TERM: 'xterm-256color', NO_COLOR: '1' }
  })

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await model?.[Symbol.asyncDispose]()
    for (const folder of [home, gateway?.stateDir]) if (folder) rmSync(folder, { recursive: true, force: true })
  })

  test.each(common)('$args', async ({ args, shows }) => {
    const { code, output } = await run(entry, args, env)
    expect(output).toMatch(shows)
    expect(code).toBe(0)
  })

  test('its terminal holds a conversation: a message, a stopped reply, another session, another model, a fresh start', async () => {
    using screen = new Tmux([process.execPath, entry, 'tui'], { columns: 100, rows: 40, env })
    await screen.until(/connected/i, 60_000)
    await say(screen, 'good morning')
    await screen.until('you said: good morning')

    await say(screen, 'begin')
    await screen.until(/one two three/)
    screen.press('Escape')
    await screen.until(/abort/i)
    await expect.poll(() => model.left).toBe(1)
    await say(screen, 'and on')
    await screen.until('you said: and on')

    await say(screen, '/session other')
    await screen.until(/session (agent:main:)?other/)
    await say(screen, 'are you there')
    await screen.until('you said: are you there')
    expect(model.asked.at(-1)?.messages.filter(({ role }) => role === 'user')).toHaveLength(1)

    await say(screen, '/model stand-in/other')
    await screen.until(/model set to.*other/i)
    await say(screen, 'who speaks')
    await screen.until('you said: who speaks')
    expect(model.asked.at(-1)?.model).toBe('other')

    await say(screen, '/new')
    await expect.poll(() => screen.screen(), { timeout: 20_000 }).not.toContain('who speaks')
    await say(screen, 'from the beginning')
    await screen.until('you said: from the beginning')
    expect(model.asked.at(-1)?.messages.filter(({ role }) => role === 'user')).toHaveLength(1)

    screen.press('C-c')
    screen.press('C-c')
    await screen.until('[exit')
  })

  test('its terminal survives our gateway being killed and started again, and the conversation goes on', async () => {
    using screen = new Tmux([process.execPath, entry, 'tui', '--session', 'lasting'], { columns: 100, rows: 40, env })
    await screen.until(/connected/i, 60_000)
    await say(screen, 'before the storm')
    await screen.until('you said: before the storm')
    const { stateDir, port } = gateway
    await gateway.kill9()
    await screen.until(/disconnect|closed|reconnect|not connected/i, 30_000)
    gateway = await startBuiltGateway({ config: model.config(), stateDir, port })
    await screen.until(/gateway (re)?connected|connected \| idle|reconnected/i, 60_000)
    await say(screen, 'after the storm')
    await screen.until('you said: after the storm', 40_000)
    const said = model.asked.at(-1)?.messages.filter(({ role }) => role === 'user')
    expect(said?.map(({ content }) => content)).toEqual(['before the storm', 'after the storm'])
    await say(screen, '/status')
    await screen.until(/tokens|model/i)
    await say(screen, 'in the calm')
    await screen.until('you said: in the calm')
    for (const text of ['before the storm', 'after the storm', 'in the calm']) {
      const times = screen.screen().split(`you said: ${text}`).length - 1
      expect([text, times]).toEqual([text, Math.min(times, 1)]) // once, however often it was fetched, if not scrolled away
    }
    screen.press('C-c')
    screen.press('C-c')
    await screen.until('[exit')
  })
})

/** Types it, waits until the composer shows it, and sends it: an Enter that comes with the text counts as pasted. */
async function say(screen: Tmux, text: string): Promise<void> {
  screen.type(text)
  await screen.until(text)
  await pause(400)
  screen.press('Enter')
}

function run(entry: string, args: string[], env: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: `${stdout}\n${stderr}` })
    })
  })
}
