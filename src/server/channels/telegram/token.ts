/** The token of the bot: where it is, in the order of section 14.2, and why there is none. */

import { homedir } from 'node:os'
import { errorText } from '../../../shared/fault.ts'
import { Secret } from '../../../shared/std/secret.ts'
import { looksLikeToken } from '../../../shared/telegram-token.ts'
import type { TelegramSettings } from '../../config/sections/channels.ts'
import { expandHome } from '../../storage/paths.ts'
import { readPrivateFile } from '../../storage/private-files.ts'
import type { Env, TokenReading } from '../kind.ts'

/** A file that is named but cannot be used ends the search. */
export function readToken(settings: Partial<TelegramSettings>, env: Env): TokenReading {
  const { tokenFile, botToken } = settings
  if (tokenFile !== undefined) return readFile(expandHome(tokenFile, env.HOME?.trim() || homedir()))
  if (botToken !== undefined) return tokenIn(botToken, 'config', 'channels.telegram.botToken')
  const fromEnv = env.TELEGRAM_BOT_TOKEN
  if (fromEnv?.trim()) return tokenIn(fromEnv, 'env', 'TELEGRAM_BOT_TOKEN')
  return { source: 'none', problem: 'There is no bot token' }
}

function readFile(path: string): TokenReading {
  try {
    const text = readPrivateFile(path)
    if (text === undefined) return { source: 'none', problem: `The token file ${path} is not there` }
    return tokenIn(text, 'tokenFile', path)
  } catch (error) {
    return { source: 'none', problem: errorText(error) }
  }
}

export function tokenIn(text: string, source: 'config' | 'env' | 'tokenFile', place: string): TokenReading {
  const token = text.trim()
  if (looksLikeToken(token)) return { secret: new Secret(token), source }
  return { source: 'none', problem: `What ${place} holds is no bot token, which looks like 123456789:AAF…` }
}
