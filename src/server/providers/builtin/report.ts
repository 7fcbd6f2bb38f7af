/** A short sentence and the output, after a tool has run for the built-in guide. Pure. */

import {
  type Message,
  messageText,
  type ToolCallPart,
  type ToolDetails,
  type ToolResultMessage,
} from '../../../shared/model/message.ts'
import { formatDuration } from '../../../shared/std/duration.ts'
import { fence } from './answers.ts'

/** `messages` end with the results of the calls the guide just made. */
export function reportResults(messages: readonly Message[]): string {
  const results: string[] = []
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]
    if (message?.role !== 'toolResult') break
    results.unshift(reportResult(message, callOf(messages, message.toolCallId)))
  }
  return results.join('\n\n')
}

function callOf(messages: readonly Message[], id: string): ToolCallPart | undefined {
  for (const message of messages.toReversed()) {
    if (message.role !== 'assistant') continue
    const call = message.content.find((part) => part.type === 'toolCall' && part.id === id)
    if (call?.type === 'toolCall') return call
  }
  return undefined
}

function reportResult(result: ToolResultMessage, call: ToolCallPart | undefined): string {
  const output = messageText(result.content).trimEnd()
  const details = result.details ?? {}
  const command = details.command ?? call?.arguments.command
  const sentence =
    typeof command === 'string' ? commandSentence(command, details, result.isError) : fileSentence(result, call)
  if (output === '' || output === '(no output)') return sentence
  // A refusal and a written file come with a sentence, everything else with output.
  const isSentence = details.status === 'denied' || (result.toolName === 'write' && !result.isError)
  return `${sentence}\n\n${isSentence ? output : fence(output)}`
}

function commandSentence(command: string, details: ToolDetails, isError: boolean): string {
  const name = `\`${command.replaceAll(/\s+/g, ' ').replaceAll('`', "'")}\``
  const on = details.where ? ` on ${details.where}` : ''
  const after = details.durationMs === undefined ? '' : ` after ${formatDuration(details.durationMs)}`
  const exit = typeof details.exitCode === 'number' ? ` with exit code ${details.exitCode}` : ''
  const { status } = details
  if (status === 'denied') return `${name} was not allowed, so nothing ran.`
  if (status === 'timeout') return `${name} took too long${on} and was stopped${after}.`
  if (status === 'aborted' || status === 'interrupted') return `${name} was stopped${on}${after}.`
  if (isError || status === 'failed') return `${name} failed${on}${exit}.`
  return `${name} finished${on}${after}${details.exitCode ? exit : ''}.`
}

function fileSentence(result: ToolResultMessage, call: ToolCallPart | undefined): string {
  const path = typeof call?.arguments.path === 'string' ? ` \`${call.arguments.path}\`` : ''
  if (result.isError) return result.details?.status === 'denied' ? 'That was not allowed.' : 'That did not work.'
  switch (call?.name) {
    case 'read':
      return `Here is${path || ' the file'}:`
    case 'write':
      return `Written${path && ` to${path}`}.`
    case 'list':
      return path ? `In${path}:` : 'In the workspace:'
    default:
      return `\`${result.toolName}\` is done.`
  }
}
