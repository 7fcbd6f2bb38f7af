/** A first conversation with the installed package: gateway up, `health`, one piped message, gateway down. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How long the slowest step may take on a busy machine. */
const patienceMs = 30_000

/** `bin` holds the two programs; `env` has the Node to try first on PATH. Returns what was seen, or throws. */
export async function conversation(bin: string, env: NodeJS.ProcessEnv): Promise<string> {
  await using state = await mkdtempDisposable(join(tmpdir(), 'clawdbot-state-'))
  const port = String(await freePort())
  const own = {
    ...env,
    HOME: state.path,
    CLAWDBOT_STATE_DIR: state.path,
    CLAWDBOT_GATEWAY_PORT: port,
    CLAWDBOT_GATEWAY_TOKEN: randomBytes(24).toString('hex'),
  }
  const gateway = start(join(bin, 'clawdbot-server'), [], own)
  try {
    await said(gateway, `127.0.0.1:${port}`)
    const health = await answer(join(bin, 'clawdbot'), ['health'], own)
    if (!health.includes('✅ Gateway is healthy')) throw new Error(`health said:\n${health}`)
    const reply = await answer(join(bin, 'clawdbot'), [], own, 'hello\n')
    if (reply.trim() === '') throw new Error('a piped message got no answer')
    return `healthy, answers "${reply.trim().split('\n')[0]?.slice(0, 40)}…"`
  } finally {
    gateway.child.kill('SIGTERM')
    if (gateway.child.exitCode === null && gateway.child.signalCode === null) await once(gateway.child, 'exit')
  }
}

type Running = { child: ChildProcess; output: () => string }

function start(program: string, args: string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: 2 * patienceMs })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  return { child, output: () => output }
}

/** Waits until the program printed `text`; its end or too long a silence is a failure that shows all it said. */
async function said({ child, output }: Running, text: string): Promise<void> {
  const giveUp = AbortSignal.timeout(patienceMs)
  while (!output().includes(text)) {
    if (child.exitCode !== null || giveUp.aborted) throw new Error(`the gateway did not come up:\n${output()}`)
    await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, 50))])
  }
}

async function answer(program: string, args: string[], env: NodeJS.ProcessEnv, input = ''): Promise<string> {
  const running = start(program, args, env)
  running.child.stdin?.end(input)
  const [code] = await once(running.child, 'close')
  if (code !== 0) throw new Error(`${args[0] ?? 'a piped message'} ended with ${code}:\n${running.output()}`)
  return running.output()
}

async function freePort(): Promise<number> {
  await using server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
