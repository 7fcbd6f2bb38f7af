/** `channels`: the chat services people write from. Who may is told by ids that cannot be renamed or recycled (EX15). */

import * as z from 'zod'
import { secretText } from '../secret-text.ts'

/** What people write of an account or group: the number the service gave it. A name could be taken by somebody else. */
const numberText = (pattern: RegExp, what: string) =>
  z.union([z.string().regex(pattern, `must be ${what}; a @name can be taken over by somebody else`), z.int()])

const senderId = numberText(/^(\*|[0-9]{1,20})$/, 'the number of an account (they can ask @userinfobot)')
const approverId = numberText(/^[0-9]{1,20}$/, 'the number of an account (they can ask @userinfobot)')
const groupName = z.string().regex(/^(\*|-[0-9]{1,20})$/, 'must be the number of a group, such as -1001234567890, or *')
const topicName = z.string().regex(/^[0-9]{1,20}$/, 'must be the number of a topic')

const place = {
  enabled: z.boolean().optional().describe('`false`: what is written there is ignored.'),
  requireMention: z.boolean().optional().describe('Answer only what is said to the bot. Default `true`.'),
  allowFrom: z.array(senderId).optional().describe('Who may speak there, in place of `groupAllowFrom`.'),
}

/** Where the gateway answers itself (gateway/http/table.ts); what is written there would be told to nobody. */
const ownPaths = /^\/(?:healthz?|readyz?|live|v1(?:\/.*)?)$/

const telegram = z
  .strictObject({
    enabled: z.boolean().default(true).describe('`false` keeps the settings and stays away.'),
    name: z.string().min(1).max(64).optional().describe('What the account is called in lists.'),
    botToken: secretText(
      'Token of the bot, from @BotFather. `TELEGRAM_BOT_TOKEN` is used when nothing is set.',
    ).optional(),
    tokenFile: z.string().min(1).optional().describe('Private file that holds the token; it goes before `botToken`.'),
    apiRoot: z
      .url({ protocol: /^https?$/ })
      .default('https://api.telegram.org')
      .describe('Address of the Bot API; another one for a Bot API server of your own.'),
    dmPolicy: z
      .enum(['pairing', 'allowlist', 'open', 'disabled'])
      .default('pairing')
      .describe(
        'Who may write to the bot alone: whoever is approved by `clawdbot pairing`, only `allowFrom`, everybody, nobody.',
      ),
    allowFrom: z.array(senderId).default([]).describe('Numbers of accounts that may always; `*` for `open`.'),
    groupPolicy: z
      .enum(['allowlist', 'open', 'disabled'])
      .default('allowlist')
      .describe('Who may speak to it in groups: `groupAllowFrom`, everybody, nobody.'),
    groupAllowFrom: z
      .array(senderId)
      .optional()
      .describe('Numbers of accounts that may in groups. Default: those of `allowFrom`.'),
    groups: z
      .record(
        groupName,
        z.strictObject({
          ...place,
          topics: z.record(topicName, z.strictObject(place)).optional().describe('The same for single topics.'),
        }),
      )
      .default({})
      .describe('By number: the groups it speaks in; all it is in, when none or `*` is named.'),
    textChunkLimit: z.int().min(200).max(4000).default(4000).describe('Longest message; more becomes several.'),
    streamMode: z
      .enum(['off', 'partial'])
      .default('partial')
      .describe('Show an answer while it is written, by editing its message, or only when it is whole.'),
    replyToMode: z
      .enum(['off', 'first', 'all'])
      .default('first')
      .describe('Which messages of an answer in a group point to the question.'),
    mediaMaxMb: z.int().min(1).max(20).default(5).describe('Largest photo or file taken or sent, in megabytes.'),
    execApprovals: z
      .strictObject({
        approvers: z
          .array(approverId)
          .default([])
          .describe('Numbers of accounts that may answer for commands, asked in their own chat with the bot.'),
      })
      .prefault({})
      .describe('Commands that wait for an answer.'),
    webhookUrl: z
      .url({ protocol: /^https$/ })
      .optional()
      .describe('Public address at which Telegram reaches this gateway; without it the gateway asks Telegram.'),
    webhookSecret: secretText('What Telegram has to show with each call, at least 16 letters, digits, `_` or `-`.')
      .regex(/^[A-Za-z0-9_-]{16,256}$/, 'must have 16 to 256 letters, digits, "_" or "-"')
      .optional(),
    webhookPath: z
      .string()
      .regex(/^\/[A-Za-z0-9/_-]{1,128}$/, 'must begin with / and hold letters, digits, "/", "_" or "-"')
      .default('/telegram-webhook')
      .describe('Path of that address on the port of the gateway.'),
  })
  .superRefine((settings, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const isForAll = settings.allowFrom.includes('*')
    if (settings.dmPolicy === 'open' && !isForAll)
      complain(['allowFrom'], 'needs "*" while dmPolicy is "open": anybody can then use this gateway')
    if (settings.webhookUrl !== undefined && settings.webhookSecret === undefined)
      complain(['webhookSecret'], 'is needed with webhookUrl: without it anybody could speak as anybody')
    if (ownPaths.test(settings.webhookPath))
      complain(['webhookPath'], 'is a path of the gateway itself; take another one, such as /telegram-webhook')
  })

export type TelegramSettings = z.output<typeof telegram>

export const channelsSection = z.strictObject({
  telegram: telegram.optional().describe('A Telegram bot.'),
})
