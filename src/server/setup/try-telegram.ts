/** Tries the token of a Telegram bot with `getMe`, which changes nothing. */

import * as z from 'zod'
import { Secret } from '../../shared/std/secret.ts'
import { settingAt } from '../config/edit.ts'
import type { ConfigSnapshot } from '../config/load.ts'
import { askService, type HttpAnswer } from './ask.ts'
import type { Tried } from './tried.ts'

/** Where the settings say the Bot API is. */
export function telegramRoot(settings: unknown): string {
  const root = settingAt(settings, ['channels', 'telegram', 'apiRoot'])
  return typeof root === 'string' ? root : 'https://api.telegram.org'
}

/** The one that is kept, as the settings or the environment say. */
export function keptToken({ config, env }: Pick<ConfigSnapshot, 'config' | 'env'>): Secret | undefined {
  const token = settingAt(config, ['channels', 'telegram', 'botToken']) ?? env.TELEGRAM_BOT_TOKEN
  return typeof token === 'string' && token !== '' ? new Secret(token) : undefined
}

const me = z.looseObject({ result: z.looseObject({ username: z.string().max(64) }) })

/** The token is part of the address, as the Bot API wants it; the address is in nothing this returns. */
export async function tryTelegram(token: Secret | undefined, root: string, signal: AbortSignal): Promise<Tried> {
  if (!token) return { ok: false, text: 'There is no token of the bot', remedy: 'Run: clawdbot onboard' }
  const answer = await askService(`${root.replace(/\/+$/, '')}/bot${token.reveal()}/getMe`, {}, signal)
  if (answer.kind === 'none') {
    return { ok: false, text: `Telegram ${answer.reason}`, remedy: 'Look at the network.' }
  }
  return { ...outcomeOf(answer), atMs: answer.atMs }
}

function outcomeOf(answer: HttpAnswer & { kind: 'answer' }): Tried {
  if (answer.status === 401 || answer.status === 404) {
    return {
      ok: false,
      text: `Telegram does not know this token (${answer.status})`,
      remedy: 'Copy it again from @BotFather; /token shows it.',
    }
  }
  const found = me.safeParse(answer.body)
  if (answer.status !== 200 || !found.success) {
    return {
      ok: false,
      text: `Telegram answered something else (${answer.status})`,
      remedy: 'Wait a minute, and try it again.',
    }
  }
  return { ok: true, note: `works: @${found.data.result.username}` }
}
