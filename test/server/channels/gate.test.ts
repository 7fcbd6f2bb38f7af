import { expect, test } from 'vitest'
import type { ChannelMessage } from '../../../src/server/channels/channel.ts'
import { admit, type Policy } from '../../../src/server/channels/gate.ts'

const policy = (more: Partial<Policy> = {}): Policy => ({
  dmPolicy: 'pairing',
  allowFrom: [],
  groupPolicy: 'allowlist',
  groups: {},
  ...more,
})

function message(more: { id?: string; chat?: string; thread?: string; isMention?: boolean } = {}): ChannelMessage {
  const { chat = '42', thread, isMention = true } = more
  const id = 'id' in more ? more.id : '42'
  return {
    kind: 'message',
    eventId: '1:1',
    address: { chat, isGroup: chat.startsWith('-'), ...(thread !== undefined && { thread }) },
    ...(id !== undefined && { sender: { id, name: '7', username: '7' } }),
    messageId: '1',
    text: 'hi',
    isMention,
    attachments: [],
  }
}

const nobody = () => false
const group = { chat: '-100' }

test.each([
  ['pairing, a stranger', policy(), message(), 'asks'],
  ['pairing, somebody in allowFrom', policy({ allowFrom: [42] }), message(), 'admitted'],
  ['pairing, "*" in allowFrom', policy({ allowFrom: ['*'] }), message(), 'asks'],
  ['allowlist, a stranger', policy({ dmPolicy: 'allowlist', allowFrom: ['7'] }), message(), 'ignored'],
  ['allowlist, by number', policy({ dmPolicy: 'allowlist', allowFrom: ['42'] }), message(), 'admitted'],
  ['allowlist, by a name that is a number', policy({ dmPolicy: 'allowlist', allowFrom: ['7'] }), message(), 'ignored'],
  ['open', policy({ dmPolicy: 'open', allowFrom: ['*'] }), message(), 'admitted'],
  ['open without "*"', policy({ dmPolicy: 'open' }), message(), 'ignored'],
  ['disabled, even for somebody in allowFrom', policy({ dmPolicy: 'disabled', allowFrom: [42] }), message(), 'ignored'],
  ['no account told', policy({ dmPolicy: 'open', allowFrom: ['*'] }), message({ id: undefined as never }), 'ignored'],
  ['an account that is no number', policy({ dmPolicy: 'open', allowFrom: ['*'] }), message({ id: '-100' }), 'ignored'],
  ['group, a stranger', policy(), message(group), 'ignored'],
  [
    'group, allowFrom counts where there is no rule of its own',
    policy({ allowFrom: [42] }),
    message(group),
    'admitted',
  ],
  ['group, its own rule counts alone', policy({ allowFrom: [42], groupAllowFrom: [] }), message(group), 'ignored'],
  ['group, not said to the bot', policy({ allowFrom: [42] }), message({ ...group, isMention: false }), 'ignored'],
  [
    'group, everything wanted',
    policy({ allowFrom: [42], groups: { '*': { requireMention: false } } }),
    message({ ...group, isMention: false }),
    'admitted',
  ],
  ['group that is not named', policy({ allowFrom: [42], groups: { '-200': {} } }), message(group), 'ignored'],
  ['group that is off', policy({ allowFrom: [42], groups: { '-100': { enabled: false } } }), message(group), 'ignored'],
  ['group with its own people', policy({ groups: { '-100': { allowFrom: [42] } } }), message(group), 'admitted'],
  [
    'topic that is off',
    policy({ allowFrom: [42], groups: { '-100': { topics: { '5': { enabled: false } } } } }),
    message({ ...group, thread: '5' }),
    'ignored',
  ],
  [
    'topic beside it',
    policy({ allowFrom: [42], groups: { '-100': { topics: { '5': { enabled: false } } } } }),
    message({ ...group, thread: '6' }),
    'admitted',
  ],
  ['open groups', policy({ groupPolicy: 'open' }), message(group), 'admitted'],
  [
    'open groups, not said to the bot',
    policy({ groupPolicy: 'open' }),
    message({ ...group, isMention: false }),
    'ignored',
  ],
  [
    'open groups, one with its own people',
    policy({ groupPolicy: 'open', groups: { '-100': { allowFrom: [1] } } }),
    message(group),
    'ignored',
  ],
  ['groups off', policy({ groupPolicy: 'disabled', allowFrom: [42] }), message(group), 'ignored'],
  ['the number of the group in the rule', policy({ groupAllowFrom: ['-100'] }), message(group), 'ignored'],
] as const)('EX15: %s', (_, rules, said, verdict) => {
  expect(admit(rules, said, nobody).kind).toBe(verdict)
})

test('EX15: who was approved may write alone, and in groups only by number', () => {
  const approved = (id: string) => id === '42'
  expect(admit(policy(), message(), approved).kind).toBe('admitted')
  expect(admit(policy(), message(group), approved).kind).toBe('ignored')
  expect(admit(policy({ dmPolicy: 'allowlist' }), message(), approved).kind).toBe('ignored')
})
