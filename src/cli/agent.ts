/** `clawdbot agent --message`: one message, one answer. */

import { tooLong } from '../client/message-limit.ts'
import { thinkingLevels } from '../shared/model/thinking.ts'
import { streamAnswer, wholeAnswer } from './answer.ts'
import { defineCommand, gatewayFlags, waitFlag } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'
import { limitOf } from './turn.ts'

export const agent = defineCommand({
  name: 'agent',
  about: 'send one message and print the answer',
  flags: {
    ...gatewayFlags,
    timeout: waitFlag('the whole answer may take; then it is stopped', 'no limit; 10000 to be let in'),
    message: { type: 'string', about: 'the message', value: '<text>' },
    session: { type: 'string', about: 'session key (the main session)', value: '<key>' },
    thinking: { type: 'string', about: 'how long the model thinks', value: '<level>', choices: thinkingLevels },
  },
  async run(invocation) {
    const { flags, args } = invocation
    const message = (flags.message ?? args.join(' ')).trim()
    if (message === '') throw usage('agent needs a message', 'agent')
    const long = tooLong(message, 'The message')
    if (long) throw long
    if (flags.session?.trim() === '') throw usage('--session needs the key of a session', 'agent')
    const { session: sessionKey, thinking } = flags
    const question = { message, sessionKey, thinking, limit: limitOf(invocation) }
    return await withGateway(invocation, async (gateway) => {
      if (!flags.json) return await streamAnswer(gateway, question, invocation)
      const answer = await wholeAnswer(gateway, question, invocation)
      printJson(invocation, answer)
      return answer.status === 'error' ? 1 : 0
    })
  },
})
