/** Tries the token of a bot with `getMe`, which changes nothing; grammY is not loaded for it. */

import * as z from 'zod'
import { Fault, type FaultCode } from '../../../shared/fault.ts'
import { readAs } from '../../../shared/std/read-as.ts'
import type { Secret } from '../../../shared/std/secret.ts'
import { settingAt } from '../../config/edit.ts'
import type { ConfigSnapshot } from '../../config/load.ts'
import { askService, type HttpAnswer } from '../../setup/ask.ts'
import type { Tried } from '../../setup/tried.ts'
import { readToken } from './token.ts'

/** Where the settings say the Bot API is. */
export function telegramRoot(settings: unknown): string {
  const root = settingAt(settings, ['channels', 'telegram', 'apiRoot'])
  return typeof root === 'string' ? root : 'https://api.telegram.org'
}

/** Tries the token that is kept: in its file, the settings or the environment, in that order. */
export async function tryKeptToken(
  { config, env, parsed }: Pick<ConfigSnapshot, 'config' | 'env' | 'parsed'>,
  signal: AbortSignal,
): Promise<Tried> {
  const { secret, problem = 'There is no bot token' } = readToken(config.channels.telegram ?? {}, env)
  if (secret) return await tryToken(secret, telegramRoot(parsed), signal)
  return { ok: false, text: problem, remedy: 'Give it one: clawdbot channels add telegram.' }
}

export async function tryToken(token: Secret, root: string, signal: AbortSignal): Promise<Tried> {
  try {
    const { name, atMs } = await whoseToken(token, root, signal)
    return { ok: true, note: `works: ${name}`, atMs }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { ok: false, text: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) }
  }
}

const me = z.looseObject({ result: z.looseObject({ username: z.string().max(64) }) })

/** The token is part of the address, as the Bot API wants it; the address is in nothing this returns or throws. */
export async function whoseToken(
  token: Secret,
  root: string,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly atMs: number | undefined }> {
  const answer = await askService(`${root.replace(/\/+$/, '')}/bot${token.reveal()}/getMe`, {}, signal)
  if (answer.kind === 'none') {
    throw refusal('channel.unavailable', `Telegram ${answer.reason}`, `Look at the network: ${new URL(root).origin}.`)
  }
  const found = readAs(me, answer.body)
  if (answer.status !== 200 || !found.success) throw refusalOf(answer)
  return { name: `@${found.data.result.username}`, atMs: answer.atMs }
}

function refusalOf({ status }: HttpAnswer & { kind: 'answer' }): Fault {
  if (status === 401 || status === 404) {
    const text = `Telegram does not know the token of the bot (${status})`
    return refusal('channel.unauthorized', text, 'Copy it again from @BotFather; /token shows it.')
  }
  const wait = 'Wait a minute, and try it again.'
  if (status === 429) return refusal('channel.throttled', 'Telegram is limiting requests (429)', wait)
  if (status >= 500) return refusal('channel.unavailable', `Telegram has trouble of its own (${status})`, wait)
  const look = 'Is that the Bot API? See channels.telegram.apiRoot, and what stands between this machine and Telegram.'
  return refusal('channel.refused', `Something else than Telegram answered (${status})`, look)
}

function refusal(code: FaultCode, text: string, remedy: string): Fault {
  return new Fault(code, text, { remedy })
}
