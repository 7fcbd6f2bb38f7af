/** What the programs call to be a gateway: reads flags, prints for people, obeys signals, returns the exit code. */

import { homedir } from 'node:os'
import { Fault } from '../shared/fault.ts'
import { stateFault } from '../shared/state-fault.ts'
import { withoutCopies } from './config/gateway-env.ts'
import { parseServerFlags, serverUsage } from './flags.ts'
import { runGateways } from './restarts.ts'
import { failureText } from './run-gateway.ts'
import { statePaths } from './storage/paths.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Names the program that holds a port of this machine; undefined when the system does not tell. */
export type HolderOf = (port: number, env: Env) => Promise<string | undefined>

/** Runs until SIGINT or SIGTERM; 0 after a good end. Prints to standard output, failures to standard error. */
export async function runServer(argv: readonly string[], env: Env, holderOf: HolderOf): Promise<number> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, onSignal)
  try {
    const { help, ...flags } = parseServerFlags(argv)
    if (help) {
      process.stdout.write(`${serverUsage}\n`)
      return 0
    }
    const print = (line: string) => void process.stdout.write(`${line}\n`)
    const home = homedir()
    const own = withoutCopies(env, statePaths(env, home).env)
    await runGateways({ flags, env: own, home, print, signal: stop.signal })
    return 0
  } catch (error) {
    const known = stateFault(statePaths(env, homedir()).stateDir, error) ?? error
    const told = await withHolder(known, (port) => holderOf(port, env))
    process.stderr.write(`❌ ${failureText(told)}\n`)
    return told instanceof Fault ? told.exitCode : 1
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
  }
}

/** A port that is taken, with the program that has it. */
async function withHolder(error: unknown, holderOf: (port: number) => Promise<string | undefined>): Promise<unknown> {
  const port = error instanceof Fault && error.code === 'gateway.port-taken' ? error.details?.port : undefined
  const holder = typeof port === 'number' ? await holderOf(port) : undefined
  if (holder === undefined) return error
  return new Fault('gateway.port-taken', `Port ${port} is held by ${holder}`, {
    remedy:
      `\`clawdbot gateway status --port ${port}\` says whether that is a gateway. End it, or choose another port with ` +
      '--port.',
    cause: error,
  })
}
