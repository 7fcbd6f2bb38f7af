/** Runs line commands inside the test, with everything they print written down. */

import { join } from 'node:path'
import { hostOf } from '../../src/bin/host.ts'
import { nodePortOf } from '../../src/bin/node-port.ts'
import { runWithoutCommand } from '../../src/cli/bare.ts'
import type { Surroundings } from '../../src/cli/command.ts'
import { nobody, type Person } from '../../src/cli/person.ts'
import { terminalPrompts } from '../../src/cli/prompts.ts'
import { runCommand } from '../../src/cli/run.ts'
import type { Env } from '../../src/client/paths.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import type { Prompts } from '../../src/tunnel/prompts.ts'
import type { Home } from '../client/support.ts'

export type Ran = { readonly code: number; readonly out: string; readonly err: string }

export type WorldOptions = {
  readonly env?: Env
  readonly signal?: AbortSignal
  /** What is piped in. */
  readonly input?: string
  readonly isScreen?: boolean
  readonly person?: Person
  readonly edit?: Surroundings['edit']
  readonly keepText?: Surroundings['keepText']
  readonly wizard?: Surroundings['wizard']
  readonly program?: string
  readonly prompts?: Prompts
  readonly serverProgram?: string
  readonly onText?: (text: string) => void
}

/** One run of `clawdbot <words>`, as `bin` would do it. */
export async function clawdbot(home: Home, words: readonly string[], options: WorldOptions = {}): Promise<Ran> {
  let out = ''
  let err = ''
  const person = options.person ?? nobody(async () => options.input ?? '')
  const prompts =
    options.prompts ??
    terminalPrompts(person, (text) => {
      err += text
    })
  const world: Surroundings = {
    env: options.env ?? {},
    paths: home.paths,
    clock: systemClock,
    person,
    prompts,
    node: async () => await nodePortOf({ env: options.env ?? {}, paths: home.paths, prompts }),
    host: async () => await hostOf({ CLAWDBOT_STATE_DIR: home.paths.stateDir, ...options.env }, home.dir),
    wizard: options.wizard ?? (async () => undefined),
    edit: options.edit ?? (async () => undefined),
    keepText: options.keepText ?? (async () => join(home.dir, 'no-such-text')),
    signal: options.signal ?? new AbortController().signal,
    out: (text) => {
      out += text
      options.onText?.(text)
    },
    err: (text) => {
      err += text
      options.onText?.(text)
    },
    program: options.program ?? join(home.dir, 'no-such-program.js'),
    serverProgram: options.serverProgram ?? join(home.dir, 'no-such-server.js'),
    stayLong: () => {},
    runServer: async (argv) => {
      out += `server ${argv.join(' ')}\n`
      return 0
    },
  }
  const isBare = words.length === 0 || words[0]?.startsWith('--')
  const code = isBare
    ? await runWithoutCommand(words, world, {
        input: options.input === undefined ? undefined : chunks(options.input),
        isScreen: options.isScreen ?? false,
        openScreen: async ({ url, session }) => {
          out += `screen ${url ?? 'local'} ${session ?? 'main'}\n`
          return 0
        },
      })
    : await runCommand(words, world)
  return { code, out, err }
}

async function* chunks(text: string): AsyncIterable<string> {
  for (let i = 0; i < text.length; i += 7) yield text.slice(i, i + 7)
}
