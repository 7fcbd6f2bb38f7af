/** The processes a benchmark measures: our built gateway and the stand-in provider, started fresh and ended by pid. */

import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port.ts'
import type { Ask, Asked } from './bare-provider.ts'

export const token = 'bench-token-0123456789abcdef0123456789abcdef'
const root = join(import.meta.dirname, '../..')
export const program = (name: 'clawdbot' | 'clawdbot-server') => join(root, 'dist', `${name}.js`)

export type BenchProvider = AsyncDisposable & {
  port: number
  lastPromptBytes(): number
  /** Tokens of the last answer that is over, its reader gone or satisfied. */
  lastTokens(): number
}

export async function startProvider(): Promise<BenchProvider> {
  const child = fork(join(import.meta.dirname, 'instant-provider.ts'))
  const last = { promptBytes: 0, tokens: 0 }
  const [first] = (await once(child, 'message')) as [{ port: number }]
  child.on('message', (message: Partial<typeof last>) => Object.assign(last, message))
  return {
    port: first.port,
    lastPromptBytes: () => last.promptBytes,
    lastTokens: () => last.tokens,
    [Symbol.asyncDispose]: () => end(child),
  }
}

export type BareProvider = AsyncDisposable & { ask(how: Ask): Promise<Asked> }

/** A process that asks the stand-in provider and does nothing else. */
export async function startBare(providerPort: number): Promise<BareProvider> {
  const child = fork(join(import.meta.dirname, 'bare-provider.ts'), [`http://127.0.0.1:${providerPort}/v1`], {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  await once(child, 'message')
  return {
    async ask(how) {
      child.send(how)
      const [asked] = await once(child, 'message')
      return asked
    },
    [Symbol.asyncDispose]: () => end(child),
  }
}

export type BenchGateway = AsyncDisposable & {
  /** As `performance.now()` tells. */
  spawnedAt: number
  port: number
  pid: number
  home: string
  env: NodeJS.ProcessEnv
}

/** Starts `clawdbot-server` on a free port with a state directory of its own. Does not wait until it answers. */
/** `cacheHome` is where compiled code is kept, for starts that come after the first of a version. */
export async function spawnGateway(
  options: { providerPort?: number; cacheHome?: string; allowedHosts?: string[]; channels?: object } = {},
): Promise<BenchGateway> {
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-bench-'))
  const port = await freePort()
  const provider = {
    baseUrl: `http://127.0.0.1:${options.providerPort ?? 9}/v1`,
    apiKey: 'none',
    api: 'openai-completions',
  }
  const sized = ['tokens-1', 'tokens-20', 'tokens-5000']
  const paced = ['paced-100-10000', 'paced-100-100000', 'prose-100-10000']
  const models = [...sized, ...paced].map((id) => ({ id, name: id }))
  const config = {
    gateway: { port, allowedHosts: options.allowedHosts ?? [] },
    agents: { defaults: { model: 'bench:tokens-20' } },
    models: { providers: { bench: { ...provider, models } } },
    ...(options.channels && { channels: options.channels }),
  }
  writeFileSync(join(home, 'clawdbot.json'), JSON.stringify(config), { mode: 0o600 })
  const env = {
    ...process.env,
    HOME: home,
    CLAWDBOT_STATE_DIR: home,
    CLAWDBOT_CONFIG_PATH: join(home, 'clawdbot.json'),
    CLAWDBOT_GATEWAY_TOKEN: token,
    XDG_CACHE_HOME: options.cacheHome ?? join(home, 'cache'),
  }
  const spawnedAt = performance.now()
  const child = spawn(process.execPath, [program('clawdbot-server')], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  return {
    port,
    home,
    env,
    spawnedAt,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      await end(child)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 12_000)
  await gone
  clearTimeout(timer)
}

/** Resident memory of a process, MB (2^20 bytes), from `/proc`. */
export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) / 1024
}

/** CPU a process has used, user and system, milliseconds, from `/proc` in ticks of 10 ms. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Milliseconds a command takes as a whole process. Throws when it fails. */
export async function timeProcess(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const from = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return performance.now() - from
}
