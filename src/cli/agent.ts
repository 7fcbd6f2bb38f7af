/** `clawdbot agent --message`: one message, one answer. */

import { randomUUID } from 'node:crypto'
import { tooLong } from '../client/message-limit.ts'
import { thinkingLevels } from '../shared/model/thinking.ts'
import { follow, streamAnswer } from './answer.ts'
import { defineCommand, gatewayFlags } from './command.ts'
import { printJson, withGateway } from './gateway-call.ts'
import { usage } from './parse.ts'

export const agent = defineCommand({
  name: 'agent',
  about: 'send one message and print the answer',
  flags: {
    ...gatewayFlags,
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
    return await withGateway(invocation, async (gateway) => {
      const { session, thinking } = flags
      if (!flags.json) return await streamAnswer(gateway, { message, sessionKey: session, thinking }, invocation)
      follow(gateway, session, invocation)
      const params = { message, idempotencyKey: randomUUID() }
      const answer = await gateway.call(
        'agent',
        {
          ...params,
          ...(session === undefined ? {} : { sessionKey: session }),
          ...(thinking === undefined ? {} : { thinking }),
        },
        { expectFinal: true, timeoutMs: flags.timeout ?? 0 },
      )
      printJson(invocation, answer)
      return answer.status === 'error' ? 1 : 0
    })
  },
})
