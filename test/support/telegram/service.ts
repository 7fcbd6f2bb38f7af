/** The Telegram stand-in as the channel contract wants a service. */

import { telegramKind } from '../../../src/server/channels/telegram/kind.ts'
import type { Fault, OpenService } from '../../contract/channel.ts'
import { BotApi, botToken, type Trouble } from './bot-api.ts'

const troubles: Record<Fault, Trouble> = {
  refused: { code: 403, description: 'Forbidden: bot was blocked by the user' },
  unavailable: { code: 502, description: 'Bad Gateway' },
  unauthorized: { code: 401, description: 'Unauthorized' },
  conflict: { code: 409, description: 'Conflict: terminated by other getUpdates request' },
  'throttled 3 s': { code: 429, description: 'Too Many Requests: retry after 3', retryAfter: 3 },
  'answer lost': 'drop',
}

export async function telegramService(): Promise<OpenService & { api: BotApi }> {
  const api = await BotApi.start()
  return {
    api,
    kind: telegramKind,
    channels: { telegram: { botToken, apiRoot: api.root, allowFrom: [1001] } },
    say(text, { group, isMention = false, ...who } = {}) {
      const words = isMention ? `@claw_bot ${text}` : text
      const entities = isMention ? { entities: [{ type: 'mention', offset: 0, length: 9 }] } : {}
      api.say(words, { ...who, ...(group !== undefined && { chat: group }), message: entities })
    },
    sayAgain: () => api.sayAgain(),
    texts: (chat) => api.texts(chat),
    fail: (what, ...faults) =>
      api.fail(what === 'send' ? 'sendMessage' : 'getUpdates', ...faults.map((fault) => troubles[fault])),
    sendings: () => api.called('sendMessage').length,
    until: (find) => api.until(find),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}
