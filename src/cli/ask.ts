/** `clawdbot` without a screen: answers what is piped in, or says how things stand and how to open the screen. */

import { ensureLocalGateway } from '../client/local.ts'
import { tooLong } from '../client/message-limit.ts'
import { resolveTarget } from '../client/target.ts'
import { Fault } from '../shared/fault.ts'
import { streamAnswer, wholeAnswer } from './answer.ts'
import { type FlagValues, type gatewayFlags, type Surroundings, targetFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { describeLocal } from './gateway-status.ts'
import { settingsProblem, settingsWarning } from './settings-check.ts'
import { limitOf } from './turn.ts'

export type AskOptions = Surroundings & {
  readonly flags: FlagValues<typeof gatewayFlags> & { readonly session?: string | undefined }
  /** Standard input when something is piped in, else undefined. */
  readonly input: AsyncIterable<Uint8Array | string> | undefined
}

/** Resolves with the exit code. Only the answer goes to `out`; notices go to `err`. */
export async function ask(options: AskOptions): Promise<number> {
  const message = options.input ? await readAll(options.input) : ''
  if (message === '') return await overview(options)
  const { flags, env, paths, err, clock, signal } = options
  const { autostart } = await resolveTarget(targetFlags(flags), env, paths)
  const startLocal = { port: autostart?.port, env, paths, program: options.serverProgram, clock, signal }
  if (autostart) {
    await ensureLocalGateway({ ...startLocal, onProgress: (line) => err(`${line}\n`) })
  }
  const question = { message, sessionKey: flags.session, limit: limitOf(options) }
  return await withGateway(options, async (gateway) => {
    if (!flags.json) return await streamAnswer(gateway, question, options)
    const answer = await wholeAnswer(gateway, question, options)
    printJson(options, answer)
    return answer.status === 'error' ? 1 : 0
  })
}

async function overview(options: AskOptions): Promise<number> {
  const { flags, out } = options
  if (await isElsewhere(options)) {
    const { status } = await import('./status.ts')
    // It has the flags of every command that talks to a gateway, as the line has here.
    return await status.run({ ...options, args: [], given: [], flags: flags as never })
  }
  const { json, lines } = await describeLocal(options)
  const settings = await settingsProblem(options)
  if (flags.json) {
    printJson(options, { ...json, settingsProblem: settings })
    return 0
  }
  out(`${lines}${settingsWarning(settings)}`)
  out('\nTo open the screen, run clawdbot in a terminal. To ask from a pipe: echo "question" | clawdbot\n')
  return 0
}

/** Whether a question from here would go to another gateway than that of this machine. */
async function isElsewhere({ flags, env, paths }: AskOptions): Promise<boolean> {
  if (flags.url !== undefined) return true
  try {
    return !(await resolveTarget(targetFlags(flags), env, paths)).isLocal
  } catch (error) {
    // Settings that cannot be read are among the facts about this machine.
    if (flags.profile === undefined && error instanceof Fault && error.code === 'config.invalid') return false
    throw error
  }
}

async function readAll(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of input) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const fault = tooLong(text, 'The piped message')
    if (fault) throw fault
  }
  return text.trim()
}
