/** `clawdbot` without a screen: answers what is piped in, or says how things stand and how to open the screen. */

import { ensureLocalGateway } from '../client/local.ts'
import { tooLong } from '../client/message-limit.ts'
import { resolveTarget } from '../client/target.ts'
import { streamAnswer } from './answer.ts'
import { type FlagValues, type gatewayFlags, type Surroundings, targetFlags } from './command.ts'
import { withGateway } from './gateway-call.ts'
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
  return await withGateway(options, (gateway) => streamAnswer(gateway, question, options))
}

async function overview(options: AskOptions): Promise<number> {
  const { lines } = await describeLocal(options)
  options.out(`${lines}${settingsWarning(await settingsProblem(options))}`)
  options.out('\nTo open the screen, run clawdbot in a terminal. To ask from a pipe: echo "question" | clawdbot\n')
  return 0
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
