/** Chat services: who may write to the agent, and who then shares a conversation with whom. */

import { defineCheck } from '../check.ts'
import type { AuditFacts } from '../facts.ts'

const telegramOf = ({ config }: AuditFacts) => {
  const { telegram } = config.settings.channels
  return telegram?.enabled === true ? telegram : undefined
}

export const channelOpen = defineCheck({
  id: 'channels.telegram.allowFrom.wildcard',
  severity: 'critical',
  about:
    'Everybody who finds the bot may talk to the agent, and what they say may lead it to read files and ask for commands.',
  remedy: '`clawdbot config set channels.telegram.dmPolicy pairing`, and take `*` out of `allowFrom`.',
  run(facts) {
    const telegram = telegramOf(facts)
    const isInGroups = telegram?.groupPolicy !== 'disabled' && telegram?.groupAllowFrom?.includes('*') === true
    if (telegram?.dmPolicy !== 'open' && !isInGroups) return []
    return [
      {
        message: `Anybody on Telegram may write to the agent (${isInGroups ? 'groupAllowFrom holds *' : 'dmPolicy is open'})`,
        remedy: isInGroups
          ? 'Name accounts by number in channels.telegram.groupAllowFrom'
          : 'Let people in one by one: clawdbot config set channels.telegram.dmPolicy pairing',
      },
    ]
  },
})

export const groupsOpen = defineCheck({
  id: 'channels.telegram.groups.allowFrom.missing',
  severity: 'warning',
  about: 'In the groups the bot is in, every member may give it orders, whoever adds them.',
  remedy: '`clawdbot config set channels.telegram.groupPolicy allowlist`, and name accounts in `groupAllowFrom`.',
  run(facts) {
    const telegram = telegramOf(facts)
    if (telegram?.groupPolicy !== 'open') return []
    const places = Object.values(telegram.groups)
    if (places.length > 0 && places.every(({ allowFrom }) => allowFrom !== undefined)) return []
    return [
      {
        message: 'Every member of a group the bot is in may talk to the agent (channels.telegram.groupPolicy is open)',
        remedy: 'Run: clawdbot config set channels.telegram.groupPolicy allowlist',
      },
    ]
  },
})

export const dmScopeMain = defineCheck({
  id: 'channels.telegram.dm.scope_main_multiuser',
  severity: 'warning',
  about:
    'Everybody who writes from a chat service shares the main session: each can read out what others, and you, told the agent.',
  remedy: '`clawdbot config set session.dmScope per-channel-peer`',
  run(facts) {
    const telegram = telegramOf(facts)
    const isForOne =
      telegram?.dmPolicy === 'disabled' || (telegram?.dmPolicy === 'allowlist' && telegram.allowFrom.length <= 1)
    if (telegram === undefined || isForOne || facts.config.settings.session.dmScope !== 'main') return []
    return [
      {
        message: 'Several people may write from Telegram and share the main session (session.dmScope is main)',
        remedy: 'Run: clawdbot config set session.dmScope per-channel-peer',
      },
    ]
  },
})
