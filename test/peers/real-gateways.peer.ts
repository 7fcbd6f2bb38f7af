/** Our line commands and our terminal against the real gateways of the ecosystem, as npm has them. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { built } from '../support/programs.ts'
import { type Asked, type Beat, type SlowModel, slowModel, words } from '../support/slow-model.ts'
import { Tmux } from '../support/tmux.ts'
import { installPeer, type PeerName } from './install.ts'

const token = 'peer-token-0123456789abcdef0123456789abcdef'

const peers: { peer: PeerName; folder: string; file: string; env: Record<string, string> }[] = [
  {
    ...{ peer: 'clawdbot', folder: '.clawdbot', file: 'clawdbot.json' },
    env: { CLAWDBOT_SKIP_CHANNELS: '1', CLAWDBOT_DISABLE_BONJOUR: '1' },
  },
  {
    ...{ peer: 'openclaw', folder: '.openclaw', file: 'openclaw.json' },
    env: { OPENCLAW_SKIP_CHANNELS: '1', OPENCLAW_DISABLE_BONJOUR: '1' },
  },
]

const commands: { args: string[]; shows: RegExp }[] = [
  { args: ['health'], shows: /✅ Gateway is healthy\n✅ Authenticated successfully/ },
  { args: ['gateway', 'probe'], shows: /Reachable: yes/ },
  { args: ['gateway', 'call', 'agents.list'], shows: /"main"/ },
  { args: ['status'], shows: /Reachable:/ },
  { args: ['channels', 'status'], shows: /No channels/ },
  { args: ['nodes', 'list'], shows: /Pending: 0/ },
  { args: ['devices', 'list'], shows: /Paired \(1\)/ },
  { args: ['models'], shows: /stand-in\/slow/ },
  { args: ['logs', '--limit', '5'], shows: /Log file: / },
  { args: ['agent', '--message', 'please say cormorant'], shows: /^heard cormorant\n$/ },
  { args: ['sessions'], shows: /agent:main:main/ },
]

/** These gateways wrap what a person wrote in much of their own; only the word after the last `say` counts. */
function answer({ messages }: Asked): Iterable<Beat> {
  const said = JSON.stringify(messages.filter(({ role }) => role === 'user'))
  const word = [...said.matchAll(/\bsay (\w+)/g)].at(-1)?.[1]
  return word === 'slowly' ? [...words('one two three ', 250), new Promise(() => {})] : words(`heard ${word}`)
}

describe.each(peers)('ours against the real gateway of $peer', ({ peer, folder, file, env: switches }) => {
  let model: SlowModel
  let gateway: ChildProcess
  let theirs: string
  let ours: string
  let env: Record<string, string>
  let url: string
  let output = ''

  beforeAll(async () => {
    const entry = await installPeer(peer)
    model = await slowModel(answer)
    theirs = mkdtempSync(join(tmpdir(), `clawdbot-${peer}-gateway-`))
    ours = mkdtempSync(join(tmpdir(), 'clawdbot-home-'))
    const port = await freePort()
    url = `ws://127.0.0.1:${port}`
    mkdirSync(join(theirs, folder))
    writeFileSync(join(theirs, folder, file), JSON.stringify(configOf(model.baseUrl, port, join(theirs, 'workspace'))))
    const common = { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8' }
    env = { ...common, HOME: ours, CLAWDBOT_STATE_DIR: ours, CLAWDBOT_GATEWAY_TOKEN: token, CLAWDBOT_GATEWAY_URL: url }
    gateway = spawn(process.execPath, [entry, 'gateway', '--port', String(port)], {
      env: { ...common, HOME: theirs, ...switches },
    })
    for (const stream of [gateway.stdout, gateway.stderr]) stream?.on('data', (piece) => (output += String(piece)))
    await vi
      .waitUntil(() => listens(port), { timeout: 150_000, interval: 250 })
      .catch(() => {
        throw new Error(`it did not listen; it printed:\n${output}`)
      })
    // The newer one accepts connections some seconds before it accepts calls.
    await vi.waitUntil(async () => (await run(['health'], env)).code === 0, { timeout: 60_000, interval: 500 })
  })

  afterAll(async () => {
    if (gateway?.exitCode === null && gateway.signalCode === null) {
      const exit = once(gateway, 'exit')
      gateway.kill('SIGTERM')
      await Promise.race([exit, pause(15_000).then(() => gateway.kill('SIGKILL'))])
    }
    await model?.[Symbol.asyncDispose]()
    for (const home of [theirs, ours]) if (home) rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  })

  test.each(commands)('clawdbot $args', async ({ args, shows }) => {
    const { code, output: printed } = await run(args, env)
    expect(printed).toMatch(shows)
    expect(code).toBe(0)
  })

  test('a piped question is answered in plain text', async () => {
    const { code, output: printed } = await run([], env, 'please say albatross\n')
    expect([code, printed]).toEqual([0, 'heard albatross\n'])
  })

  test('a wrong token is told as such', async () => {
    const { code, output: printed } = await run(['health'], {
      ...env,
      CLAWDBOT_STATE_DIR: join(ours, 'x'),
      CLAWDBOT_GATEWAY_TOKEN: 'wrong',
    })
    expect(printed).toContain('does not accept this token')
    expect(code).toBeGreaterThan(0)
  })

  test('our node is approved there, runs a program when its own policy lets it, and not when it does not', async () => {
    const home = join(ours, 'node')
    const its = { ...env, HOME: home, CLAWDBOT_STATE_DIR: home }
    mkdirSync(home)
    await run(['node', 'policy', 'full'], its)
    const node = spawn(process.execPath, [built('clawdbot'), 'node', 'run', '--name', 'mac-mini'], {
      env: its,
      stdio: 'ignore',
    })
    try {
      await vi.waitUntil(
        async () => {
          await run(['nodes', 'approve', 'mac-mini'], env)
          const { output: described } = await run(['nodes', 'describe', 'mac-mini'], env)
          return /Status: +paired · connected/.test(described) && /May be asked: .*system\.run/.test(described)
        },
        { timeout: 60_000, interval: 1000 },
      )
      expect(await run(['nodes', 'run', 'mac-mini', '--', 'echo', 'a  b'], env)).toEqual({ code: 0, output: 'a  b\n' })
      await run(['node', 'policy', 'deny'], its)
      const refused = await run(['nodes', 'run', 'mac-mini', '--', 'echo', 'a'], env)
      expect(refused.code).toBeGreaterThan(0)
      expect(refused.output).toContain('this node is set to run no commands')
    } finally {
      const gone = once(node, 'exit')
      node.kill('SIGTERM')
      await gone
    }
  })

  test('our terminal holds a conversation: a message, a stopped reply, another session, another model, a fresh start', async () => {
    using screen = new Tmux([process.execPath, built('clawdbot')], { columns: 100, rows: 40, env })
    await screen.until(/ready/, 30_000)
    await say(screen, 'please say kestrel')
    await screen.until('heard kestrel')

    await say(screen, 'please say slowly')
    await screen.until('one two three')
    const left = model.left
    screen.press('Escape')
    await expect.poll(() => model.left, { timeout: 10_000 }).toBeGreaterThan(left)
    await screen.until(/ready|stopped/)
    await say(screen, 'please say plover')
    await screen.until('heard plover')

    await say(screen, '/session other')
    await expect.poll(() => screen.screen(), { timeout: 20_000 }).not.toContain('kestrel')
    await say(screen, 'please say dunlin')
    await screen.until('heard dunlin')

    await say(screen, '/model stand-in/other')
    await screen.until(/stand-in\/other/)
    await say(screen, 'please say avocet')
    await screen.until('heard avocet')
    await expect.poll(() => model.asked.at(-1)?.model).toBe('other')

    await say(screen, '/new')
    await expect.poll(() => screen.screen(), { timeout: 20_000 }).not.toContain('avocet')
    await say(screen, 'please say godwit')
    await screen.until('heard godwit')
    screen.press('C-c')
    screen.press('C-c')
    await screen.until('[exit 0]')
  })
})

function configOf(baseUrl: string, port: number, workspace: string): unknown {
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
  const modelRow = (id: string) => ({
    ...{ id, name: id, reasoning: false, input: ['text'], cost, contextWindow: 32_000, maxTokens: 4_000 },
  })
  return {
    gateway: { mode: 'local', bind: 'loopback', port, auth: { mode: 'token', token } },
    agents: { defaults: { model: { primary: 'stand-in/slow' }, workspace } },
    models: {
      providers: {
        'stand-in': { baseUrl, apiKey: 'x', api: 'openai-completions', models: [modelRow('slow'), modelRow('other')] },
      },
    },
  }
}

async function say(screen: Tmux, text: string): Promise<void> {
  screen.type(text)
  await screen.until(text)
  await pause(200)
  screen.press('Enter')
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function run(args: string[], env: Record<string, string>, input = ''): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [built('clawdbot'), ...args],
      { env, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr })
      },
    )
    child.stdin?.end(input)
  })
}
