/** Sets Telegram up in the gateway's own files, after asking Telegram whose token it is; and takes it out again. */

import { Fault } from '../../../shared/fault.ts'
import type { Secret } from '../../../shared/std/secret.ts'
import { looksLikeToken } from '../../../shared/telegram-token.ts'
import type { ConfigDesk } from '../../config/desk.ts'
import type { ConfigEnv } from '../../config/load.ts'
import type { SecretDesks } from '../../secret-desk.ts'
import { dropWebhook } from './drop-webhook.ts'
import { forgetToken, keepToken } from './keep-token.ts'
import { readToken, tokenIn } from './token.ts'
import { telegramRoot, whoseToken } from './try-token.ts'

const section = 'channels.telegram'

/** Where the token is: here, or where the person keeps it. */
export type TokenPlace =
  | { readonly kind: 'given'; readonly token: Secret }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }

export type TelegramSetUp = {
  readonly place: TokenPlace
  /** Numbers of accounts that may write from the beginning. */
  readonly allowFrom: readonly string[]
  readonly apiRoot?: string | undefined
  /** Telegram is asked first. */
  readonly isChecked: boolean
}

/** Nothing is written when Telegram does not know the token. The name of the bot; undefined where it was not asked. */
export async function setUpTelegram(
  desks: SecretDesks,
  { place, allowFrom, apiRoot, isChecked }: TelegramSetUp,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { settings } = desks
  const { config, parsed, env } = settings.inForce()
  const before = config.channels.telegram
  const token = tokenAt(place, env)
  const bot = isChecked ? await whoseToken(token, apiRoot ?? telegramRoot(parsed), signal) : undefined
  if (place.kind === 'given') keepToken(desks, place.token)
  else if (place.kind === 'variable') point(settings, 'botToken', `\${${place.name}}`, 'tokenFile')
  else point(settings, 'tokenFile', place.path, 'botToken')
  if (apiRoot !== undefined) settings.set(`${section}.apiRoot`, apiRoot)
  const known = (before?.allowFrom ?? []).map(String)
  const all = [...new Set([...known, ...allowFrom])]
  if (all.length > known.length) settings.set(`${section}.allowFrom`, all)
  if (before?.enabled === false) settings.set(`${section}.enabled`, true)
  return bot?.name
}

export type TakenOut = {
  readonly isRemoved: boolean
  /** Where a token is still. */
  readonly left?: string
  /** Telegram goes on calling that address, and why it could not be told. */
  readonly called?: { readonly url: string; readonly reason: string }
}

/** The whole section, and the token where it is ours. Afterwards Telegram calls nobody, whether a gateway runs or not. */
export async function takeOutTelegram(desks: SecretDesks, signal: AbortSignal): Promise<TakenOut> {
  const { config, env, parsed } = desks.settings.inForce()
  const before = config.channels.telegram
  const url = before?.webhookUrl
  const secret = before && readToken(before, env).secret
  const { cleared, left } = forgetToken(desks)
  const { isChanged } = desks.settings.unset(section)
  const taken = { isRemoved: cleared || isChanged, ...(left !== undefined && { left }) }
  if (url === undefined) return taken
  const reason = secret ? await dropWebhook(secret, telegramRoot(parsed), signal) : 'the token is not here'
  return { ...taken, ...(reason !== undefined && { called: { url, reason } }) }
}

function point(settings: ConfigDesk, to: string, value: string, from: string): void {
  settings.set(`${section}.${to}`, value)
  settings.unset(`${section}.${from}`)
}

function tokenAt(place: TokenPlace, env: ConfigEnv): Secret {
  if (place.kind === 'given') {
    if (looksLikeToken(place.token.reveal())) return place.token
    throw new Fault('usage.invalid', 'That is no bot token, which looks like 123456789:AAF…', {
      remedy: 'Write /newbot to @BotFather in Telegram; it answers with the token.',
    })
  }
  const reading =
    place.kind === 'file'
      ? readToken({ tokenFile: place.path }, env)
      : tokenIn(env[place.name] ?? '', 'env', place.name)
  if (reading.secret) return reading.secret
  if (place.kind === 'variable' && !env[place.name]?.trim()) {
    throw new Fault('usage.invalid', `${place.name} is set neither here nor in gateway.env`, {
      remedy: `Keep the token there: clawdbot secrets set ${place.name}`,
    })
  }
  throw new Fault('usage.invalid', reading.problem ?? 'There is no bot token', {
    remedy: 'Name the place that holds the token, or leave that out and type it when asked.',
  })
}
