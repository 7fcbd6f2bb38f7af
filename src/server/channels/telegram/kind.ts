/** Telegram as the gateway knows it while no account is set: settings only. grammY is loaded when one is opened. */

import { Fault } from '../../../shared/fault.ts'
import { Secret } from '../../../shared/std/secret.ts'
import type { Config } from '../../config/schema.ts'
import { channelsSection, type TelegramSettings } from '../../config/sections/channels.ts'
import { defineChannel, type Env, type Setup } from '../kind.ts'
import type { OpenWebhook } from '../webhook-target.ts'
import { readToken } from './token.ts'

const bytesPerMb = 1024 * 1024

export const telegramKind = defineChannel({
  id: 'telegram',
  label: 'Telegram',
  detailLabel: 'Telegram Bot',
  image: 'paperplane',
  settings: settingsOf,
  setup(config, env) {
    const settings = settingsOf(config, env)
    return settings && setupOf(settings, env)
  },
})

/** The variable alone sets a bot up, as everything else has a default. */
function settingsOf({ channels }: Config, env: Env): TelegramSettings | undefined {
  if (channels.telegram) return channels.telegram
  return env.TELEGRAM_BOT_TOKEN?.trim() ? channelsSection.parse({ telegram: {} }).telegram : undefined
}

function setupOf(settings: TelegramSettings, env: Env): Setup {
  const token = () => readToken(settings, env)
  return {
    isEnabled: settings.enabled,
    name: settings.name,
    policy: settings,
    replyToMode: settings.replyToMode,
    isStreaming: settings.streamMode === 'partial',
    mediaLimitBytes: settings.mediaMaxMb * bytesPerMb,
    approvers: settings.execApprovals.approvers.map(String),
    token,
    async open({ clock, openWebhook }) {
      const { Telegram } = await import('./telegram.ts')
      return new Telegram({
        apiRoot: settings.apiRoot,
        token: () => demand(token()),
        textChunkLimit: settings.textChunkLimit,
        clock,
        ...webhookOf(settings, openWebhook),
      })
    },
  }
}

function demand({ secret, problem = 'There is no bot token' }: ReturnType<Setup['token']>): Secret {
  if (secret) return secret
  throw new Fault('channel.unauthorized', problem, {
    remedy: 'Get one from @BotFather in Telegram, then run: clawdbot channels add telegram',
  })
}

function webhookOf({ webhookUrl, webhookSecret, webhookPath }: TelegramSettings, openWebhook: OpenWebhook) {
  if (webhookUrl === undefined || webhookSecret === undefined) return {}
  const secret = new Secret(webhookSecret)
  const header = 'x-telegram-bot-api-secret-token'
  const url = new URL(webhookUrl).pathname === '/' ? new URL(webhookPath, webhookUrl).href : webhookUrl
  return {
    webhook: {
      url,
      secret,
      accept: (take: (body: unknown) => Promise<void>, signal: AbortSignal) =>
        openWebhook({ path: webhookPath, header, secret, take }, signal),
    },
  }
}
