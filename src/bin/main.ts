/** What `clawdbot` does with its words: a line command, the screen, or an answer for a pipe. Each is loaded when needed. */

import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Surroundings } from '../cli/command.ts'
import { type Ending, endings, Interrupted, interruptedExit } from '../cli/interrupted.ts'
import { terminalPrompts } from '../cli/prompts.ts'
import { personAt } from '../cli/terminal-person.ts'
import { clientPaths } from '../client/paths.ts'
import { systemClock } from '../shared/std/clock.ts'
import { guard } from './guard.ts'
import { useLittleMemory, useMoreWhenBusy } from './lean-memory.ts'

/** `entryUrl` is the module URL of the running program; `clawdbot-server` lies beside it. */
export async function main(argv: readonly string[], entryUrl: string): Promise<void> {
  await guard(async () => await run(argv, surroundings(entryUrl)))
}

async function run(argv: readonly string[], world: Surroundings): Promise<number> {
  const [first] = argv
  if (first === '__profiles') {
    const { profileNames } = await import('../cli/profile-names.ts')
    world.out(await profileNames(world.paths.profiles))
    return 0
  }
  const isCommand = first !== undefined && (!first.startsWith('-') || first === '--help' || first === '-h')
  if (isCommand && first !== 'tui') {
    const { runCommand } = await import('../cli/run.ts')
    return await runCommand(argv, world)
  }
  const { runWithoutCommand } = await import('../cli/bare.ts')
  return await runWithoutCommand(first === 'tui' ? argv.slice(1) : argv, world, {
    input: process.stdin.isTTY ? undefined : process.stdin,
    isScreen: Boolean(process.stdin.isTTY && process.stdout.isTTY),
    openScreen: async (options) => {
      releaseInterrupt()
      useLittleMemory()
      const { startTui } = await import('../tui/start.tsx')
      const code = await startTui(options)
      leaveSoon(code)
      return code
    },
  })
}

/** Who closed the screen is back at the shell, whatever a far gateway still keeps open; unreferenced, so it never waits itself. */
const leaveAfterMs = 1000

function leaveSoon(code: number): void {
  systemClock.after(leaveAfterMs, () => process.exit(code), { unref: true })
}

const interrupt = new AbortController()

/** Ctrl+C, a service manager, a terminal that closes: the first one asks the command to end, the second ends it. */
function onInterrupt(name: Ending): void {
  if (interrupt.signal.aborted) process.exit(interruptedExit(interrupt.signal))
  interrupt.abort(new Interrupted(name))
}

/** The screen and the gateway answer them themselves. */
function releaseInterrupt(): void {
  for (const signal of endings) process.off(signal, onInterrupt)
}

function surroundings(entryUrl: string): Surroundings {
  for (const signal of endings) process.on(signal, onInterrupt)
  const { env } = process
  const person = personAt({ input: process.stdin, output: process.stderr, raise: () => onInterrupt('SIGINT') })
  const err = (text: string) => void process.stderr.write(text)
  const name = entryUrl.endsWith('.ts') ? 'clawdbot-server.ts' : 'clawdbot-server.js'
  const paths = clientPaths(env)
  const prompts = terminalPrompts(person, err)
  return {
    env,
    paths,
    clock: systemClock,
    person,
    prompts,
    host: async () => await (await import('./host.ts')).hostOf(env, homedir()),
    node: async () => await (await import('./node-port.ts')).nodePortOf({ env, paths, prompts }),
    edit: async (text, name) => {
      const { editText } = await import('./editor.ts')
      releaseInterrupt() // the editor's Ctrl+C is not ours
      return await editText(text, name, env)
    },
    keepText: async (text, name) => await (await import('./editor.ts')).keepText(text, name),
    wizard: async (questions) => {
      releaseInterrupt() // Ctrl+C is a key of the screen
      const { startWizard } = await import('../tui/onboard/start.tsx')
      return await startWizard({ ...questions, env })
    },
    signal: interrupt.signal,
    out: (text) => process.stdout.write(text),
    err,
    stayLong: useLittleMemory,
    program: fileURLToPath(entryUrl),
    serverProgram: fileURLToPath(new URL(name, entryUrl)),
    runServer: async (serverArgv) => {
      releaseInterrupt()
      useLittleMemory()
      useMoreWhenBusy()
      const { runServer } = await import('../server/main.ts')
      const { holderOf } = await import('./port-holder.ts')
      return await runServer(serverArgv, env, holderOf)
    },
  }
}
