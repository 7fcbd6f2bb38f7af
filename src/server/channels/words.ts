/** What the gateway itself says to people in chats. Pure. */

import { Fault } from '../../shared/fault.ts'
import { cutOff } from '../../shared/model/cut-off.ts'
import type { RunRecord } from '../sessions/record.ts'
import type { WaitingSender } from './senders.ts'

export function askToPair(channel: string, { id, code }: WaitingSender): string {
  return [
    'Hello! I answer only people my owner has approved.',
    '',
    `Your number: \`${id}\``,
    `Pairing code: \`${code}\``,
    '',
    'The owner lets you in with:',
    '',
    `\`clawdbot pairing approve ${channel} ${code}\``,
  ].join('\n')
}

export const approvedText = 'You are approved. Write to me whenever you like; /help lists what I understand.'

/** What a person gets of a run: its words, and what became of it where that is not plain. */
export function answerText(text: string, { status, errorMessage, stopReason }: RunRecord): string {
  const add = (line: string) => (text === '' ? line : `${text}\n\n${line}`)
  if (status === 'error') return add(`⚠️ ${errorMessage ?? 'Something went wrong. Send it again.'}`)
  if (status === 'timeout') return add('⚠️ This took too long and was stopped.')
  if (isLost(status, stopReason)) return add('⚠️ The gateway was restarted while it answered. Send it again.')
  if (status === 'ok' && stopReason === 'length') return add(`⚠️ ${cutOff}`)
  return text
}

/** The gateway ended before the run did. */
export function isLost(status: RunRecord['status'], stopReason: string | undefined): boolean {
  return status === 'interrupted' || (status === 'aborted' && stopReason === 'shutdown')
}

export function stoppedText(count: number): string {
  return count === 0 ? 'Nothing is running.' : 'Stopped.'
}

export function tooLargeText(name: string, limitBytes: number): string {
  return `${name} is larger than ${Math.floor(limitBytes / 1024 / 1024)} MB, so it was left out.`
}

/** For who sends: what it has, what is allowed, and where that is set. */
export function tooLargeToSend(
  channel: string,
  { name, bytes }: { name: string; bytes: Uint8Array },
  limitBytes: number,
) {
  const megabytes = (count: number) => (count / 1024 / 1024).toFixed(1).replace(/\.0$/, '')
  return new Fault(
    'channel.refused',
    `${name} has ${megabytes(bytes.length)} MB, more than the ${megabytes(limitBytes)} MB allowed`,
    {
      remedy: `Send a smaller one, or allow more: clawdbot config set channels.${channel}.mediaMaxMb <MB>`,
    },
  )
}

export const internalText = '⚠️ The gateway met an internal error; its log has the details. Send it again.'
