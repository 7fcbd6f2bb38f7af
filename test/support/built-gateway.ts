/** Our built gateway as a process of its own, with a state directory of its own, as a service manager would run it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { programsFor } from './nobody.ts'
import { compiledOnce } from './programs.ts'

export type RunningGateway = AsyncDisposable & {
  port: number
  url: string
  token: string
  stateDir: string
  child: ChildProcess
  /** Everything it has printed. */
  output(): string
  /** Kills it at once, as a power cut would, and waits until it is gone. */
  kill9(): Promise<void>
}

export type BuiltGatewayOptions = {
  config?: Record<string, unknown>
  env?: Record<string, string>
  /** Keeps an existing state directory, for a second start; it is then not removed. */
  stateDir?: string
  port?: number
  /** Instead of the flags that say the port; `port` is then where the configuration puts it. */
  args?: string[]
  /** Where it listens, if the configuration says elsewhere than on loopback. */
  host?: string
  /** Where it is started; here unless told otherwise. */
  cwd?: string
  /** The account it runs as; ours unless told otherwise. */
  uid?: number
  gid?: number
}

/** Starts it on a free loopback port and waits until it answers `/ready`. */
export async function startBuiltGateway(options: BuiltGatewayOptions = {}): Promise<RunningGateway> {
  const token = 'test-token-0123456789abcdef0123456789abcdef'
  const { host = '127.0.0.1', port = await freePort() } = options
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'clawdbot-gateway-'))
  if (options.config) writeFileSync(join(stateDir, 'clawdbot.json'), JSON.stringify(options.config), { mode: 0o600 })
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: stateDir,
    ...compiledOnce,
    CLAWDBOT_STATE_DIR: stateDir,
    CLAWDBOT_CONFIG_PATH: join(stateDir, 'clawdbot.json'),
    CLAWDBOT_GATEWAY_TOKEN: token,
    ...options.env,
  }
  const { node, built } = programsFor(
    options.uid === undefined ? undefined : { uid: options.uid, gid: options.gid ?? options.uid },
  )
  const child = spawn(node, [built('clawdbot-server'), ...(options.args ?? ['--port', String(port)])], {
    env,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.uid !== undefined && { uid: options.uid, gid: options.gid }),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)))
  await untilReady(`${host}:${port}`, child, () => output)
  const gone = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  return {
    port,
    url: `ws://${host}:${port}`,
    token,
    stateDir,
    child,
    output: () => output,
    kill9: () => gone('SIGKILL'),
    async [Symbol.asyncDispose]() {
      await gone('SIGTERM')
      if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

async function untilReady(place: string, child: ChildProcess, output: () => string): Promise<void> {
  const until = performance.now() + 30_000
  while (performance.now() < until) {
    if (child.exitCode !== null) break
    const ready = await fetch(`http://${place}/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  child.kill('SIGKILL')
  throw new Error(`The gateway did not get ready at ${place}. It printed:\n${output()}`)
}
