/** The real node hosts of the ecosystem, as npm has them, lend their shell to our gateway. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type RunningGateway, startBuiltGateway } from '../support/built-gateway.ts'
import { built } from '../support/programs.ts'
import { installPeer, type PeerName } from './install.ts'

const peers: { peer: PeerName; folder: string; brand: string }[] = [
  { peer: 'clawdbot', folder: '.clawdbot', brand: 'CLAWDBOT' },
  { peer: 'openclaw', folder: '.openclaw', brand: 'OPENCLAW' },
]

describe.each(peers)('the real node host of $peer with our gateway', ({ peer, folder, brand }) => {
  let gateway: RunningGateway
  let host: ChildProcess
  let startHost: () => void
  let theirs: string
  let ours: string
  let env: Record<string, string>
  let printed = ''

  beforeAll(async () => {
    const entry = await installPeer(peer)
    gateway = await startBuiltGateway({})
    theirs = mkdtempSync(join(tmpdir(), `clawdbot-${peer}-node-`))
    ours = mkdtempSync(join(tmpdir(), 'clawdbot-home-'))
    mkdirSync(join(theirs, folder))
    // Its own policy, which holds against any gateway: runs what it is asked without asking anybody there.
    const approvals = { version: 1, defaults: { security: 'full', ask: 'off' } }
    writeFileSync(join(theirs, folder, 'exec-approvals.json'), JSON.stringify(approvals))
    const common = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', NO_COLOR: '1' }
    env = {
      ...{ ...common, HOME: ours, CLAWDBOT_STATE_DIR: ours },
      ...{ CLAWDBOT_GATEWAY_TOKEN: gateway.token, CLAWDBOT_GATEWAY_URL: gateway.url },
    }
    const words = [
      entry,
      'node',
      'run',
      '--host',
      '127.0.0.1',
      '--port',
      String(gateway.port),
      '--display-name',
      'their node',
    ]
    startHost = () => {
      host = spawn(process.execPath, words, {
        env: { ...common, HOME: theirs, [`${brand}_GATEWAY_TOKEN`]: gateway.token },
      })
      for (const stream of [host.stdout, host.stderr]) stream?.on('data', (piece) => (printed += String(piece)))
    }
    startHost()
    await vi
      .waitUntil(async () => (await run(['nodes', 'status'])).output.includes('Connected: 1'), {
        ...{ timeout: 150_000, interval: 1000 },
      })
      .catch(() => {
        throw new Error(`it did not connect; it printed:\n${printed}`)
      })
  })

  afterAll(async () => {
    if (host?.exitCode === null && host.signalCode === null) {
      const exit = once(host, 'exit')
      host.kill('SIGTERM')
      await Promise.race([exit, pause(10_000).then(() => host.kill('SIGKILL'))])
    }
    await gateway?.[Symbol.asyncDispose]()
    for (const folder of [theirs, ours, gateway?.stateDir]) {
      if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })

  test('it is paired, and asked nothing before its commands are approved', async () => {
    const refused = await run(['nodes', 'run', 'their node', '--', 'uname'])
    expect(refused.output).toContain('may not be asked for system.run: that is not approved')
    const { output } = await run(['nodes', 'list'])
    expect(output).toMatch(/Pending: 1 · Paired: 0/)
    expect(output).toMatch(/their node .*system\.run.*system\.which/)
  })

  test('approved, it runs a command and says where programs are', async () => {
    expect((await run(['nodes', 'approve', 'their node'])).output).toMatch(/may be asked: .*system\.run/)
    const ran = await run(['nodes', 'run', 'their node', '--', 'sh', '-c', 'echo "home is $HOME"; exit 3'])
    expect([ran.code, ran.output]).toEqual([3, `home is ${theirs}\n`])
    const which = await run(['nodes', 'invoke', 'their node', 'system.which', '--params', '{"bins":["sh"]}'])
    expect(JSON.parse(which.output)).toEqual({ bins: { sh: expect.stringMatching(/\/sh$/) } })
  })

  test('the audit log says where it ran', async () => {
    const { output } = await run(['audit', 'log', '--json'], { CLAWDBOT_STATE_DIR: gateway.stateDir })
    expect(output).toContain('node.invoked')
    expect(output).toContain('their node')
  })

  test('it comes back to a gateway that was killed and started again, and needs no second approval', async () => {
    const { stateDir, port } = gateway
    await gateway.kill9()
    gateway = await startBuiltGateway({ stateDir, port })
    env.CLAWDBOT_GATEWAY_TOKEN = gateway.token
    // The older one does not wait for its next attempt: it ends, and its service manager starts it again.
    if (peer === 'clawdbot') {
      await vi.waitUntil(() => host.exitCode !== null, { timeout: 30_000 })
      startHost()
    }
    const connected = async () => (await run(['nodes', 'status'])).output.includes('Connected: 1')
    await vi.waitUntil(connected, { timeout: 60_000, interval: 500 }).catch(() => {
      throw new Error(`it did not come back; it printed:\n${printed}\nthe gateway:\n${gateway.output()}`)
    })
    expect((await run(['nodes', 'run', 'their node', '--', 'echo', 'back'])).output).toBe('back\n')
  })

  test('removed, it is closed and stays out', async () => {
    expect((await run(['nodes', 'remove', 'their node'])).output).toContain('✅ Removed their node')
    await pause(3000)
    expect((await run(['nodes', 'status'])).output).toContain('Known: 0')
  })

  function run(args: string[], more: Record<string, string> = {}): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      const options = { env: { ...env, ...more }, timeout: 60_000 }
      execFile(process.execPath, [built('clawdbot'), ...args], options, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr })
      })
    })
  }
})
