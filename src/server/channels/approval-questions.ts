/** Commands that wait, as questions in the chats of those who may answer: which press answers which question, and whose counts (EX6). Pure but for the numbers drawn. */

import { randomBytes } from 'node:crypto'
import { escapeCommand } from '../../shared/escape-command.ts'
import type { PendingApproval } from '../../shared/protocol/exec.ts'
import type { Button, ChannelPress } from './channel.ts'

/** The message with the buttons, in the chat of one approver. */
export type Asked = { readonly chat: string; readonly messageId: string }

export type Question = {
  /** What buttons carry: nobody can guess it, and it says nothing. */
  readonly token: string
  readonly id: string
  /** Everything that was shown; what waits under this id has to be exactly that. */
  readonly shown: string
  /** By the number of the approver. */
  readonly asked: Map<string, Asked>
  /** What came of it, once something did. */
  outcome?: string
}

/** As buttons and commands say it. */
const words = { once: 'allow-once', always: 'allow-always', deny: 'deny' } as const

export type PressVerdict =
  | { readonly kind: 'answer'; readonly question: Question; readonly decision: string }
  /** Somebody who may not: the question stays open. */
  | { readonly kind: 'refused' }
  /** Answered, expired, or of an earlier gateway. */
  | { readonly kind: 'closed' }

export function newQuestion(row: PendingApproval): Question {
  return { token: randomBytes(12).toString('base64url'), id: row.id, shown: questionText(row), asked: new Map() }
}

/** `approvers` as the settings say it now. `waiting` is what still waits. */
export function judgePress(
  press: ChannelPress,
  questions: Iterable<Question>,
  { approvers, waiting }: { approvers: readonly string[]; waiting: readonly PendingApproval[] },
): PressVerdict {
  const [kind, token, word = ''] = press.data.split(':')
  const question = kind === 'approve' ? [...questions].find((one) => one.token === token) : undefined
  if (!question) return { kind: 'closed' }
  const { sender, address, messageId } = press
  const asked = question.asked.get(sender.id)
  const isTheirs = asked?.chat === address.chat && asked.messageId === messageId
  if (!approvers.includes(sender.id) || !isTheirs) return { kind: 'refused' }
  const row = waiting.find(({ id }) => id === question.id)
  if (!row || questionText(row) !== question.shown || !(word in words)) return { kind: 'closed' }
  return { kind: 'answer', question, decision: words[word as keyof typeof words] }
}

export function buttonsOf({ token }: Question): Button[] {
  return [
    { label: 'Allow once', data: `approve:${token}:once` },
    { label: 'Always', data: `approve:${token}:always` },
    { label: 'Deny', data: `approve:${token}:deny` },
  ]
}

/** The whole of it, with nothing in it unseen (EX3): a command is one line, whatever it holds. */
function questionText({ request }: PendingApproval): string {
  const { command, cwd, where, host, sessionKey, agentId } = request
  const facts = [
    ['Folder', cwd],
    ['Where', where ?? host],
    ['Session', sessionKey],
    ['Agent', agentId],
  ]
  const lines = facts.flatMap(([name, value]) => (value ? [`${name}: ${escapeCommand(value)}`] : []))
  return [escapeCommand(command), '', ...lines].join('\n')
}

export function decisionText(decision: string, by: string | null | undefined): string {
  const whose = by ? ` by ${escapeCommand(by)}` : ''
  if (decision === 'allow-once') return `✅ Allowed once${whose}`
  if (decision === 'allow-always') return `✅ Allowed from now on${whose}`
  return whose === '' ? '⛔ Not run: nobody answered in time, or it is no longer wanted' : `⛔ Denied${whose}`
}

/** For whoever pressed. */
export function pressText(decision: string): string {
  return decision === 'deny' ? '⛔ Denied' : decisionText(decision, undefined)
}
