/** What people in chats say, as messages of the wire: the very handler of `chat.send`, with the rights to talk and no more (EX9). */

import { version } from '../../shared/build.ts'
import { Fault } from '../../shared/fault.ts'
import { messageText } from '../../shared/model/message.ts'
import { maxProtocol } from '../../shared/protocol/version.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import { agentIdOf } from '../../shared/session-key.ts'
import type { Conversation, SaidBy } from '../channels/conversation.ts'
import type { Config } from '../config/schema.ts'
import type { HandlerContext } from '../gateway/context.ts'
import { begunAnew, parseCommand } from '../runs/commands.ts'
import type { Runs } from '../runs/runs.ts'
import { isStopText } from '../runs/stop-words.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Workspace } from '../tools/files/workspace.ts'
import { workspaceFor } from './plan.ts'

export type ChannelConversationParts = {
  sessions: Sessions
  runs: Runs
  chat: HandlersOf<'chat', HandlerContext>
  config(): Config
  workspaceRoot: string
  openWorkspace(folder: string): Promise<Workspace>
}

/** Where files that people send are put, in the workspace of the agent. */
const filesFolder = 'inbox'

export function createChannelConversation(parts: ChannelConversationParts): Conversation {
  const { sessions, runs, chat } = parts
  const conversation: Conversation = {
    wordsOfNew(text) {
      const parsed = parseCommand(text)
      return parsed?.command.name === 'new' && parsed.args !== '' ? parsed.args : undefined
    },
    async beginAnew({ sessionKey, runId }, by, signal) {
      await conversation.say({ sessionKey, text: '/new', images: [], runId }, by, signal)
      const outcome = await conversation.outcome(runId, signal)
      if (outcome?.text !== begunAnew) throw new Fault('channel.refused', outcome?.text || 'No new session was begun.')
    },
    isCommand: (text) => isStopText(text) || parseCommand(text) !== undefined,
    setOrigin: (key, origin) => sessions.setOrigin(sessions.canonicalKey(key), origin),
    origin: (key) => sessions.find(sessions.canonicalKey(key))?.origin,
    async say({ sessionKey, text, images, runId }, by, signal) {
      const attachments = images.map(({ mimeType, fileName, bytes }) => ({
        mimeType,
        fileName,
        content: Buffer.from(bytes).toString('base64'),
      }))
      const params = { sessionKey, message: text, idempotencyKey: runId, attachments }
      const answer = await chat['chat.send'](params, contextOf(by, text, signal))
      return answer.runId === undefined ? { kind: 'stopped', count: answer.runIds?.length ?? 0 } : { kind: 'run' }
    },
    async outcome(runId, signal) {
      const record = await runs.wait(runId, signal)
      if (!record) return undefined
      const messages = sessions.messagesOf(runId)
      const text = messages
        .map((message) => (message.role === 'assistant' ? messageText(message.content) : ''))
        .filter((piece) => piece !== '')
        .join('\n\n')
      return { record, text, hasActed: messages.some(({ role }) => role === 'toolResult') }
    },
    async keepFile(sessionKey, name, bytes) {
      const folder = workspaceFor(parts.config(), agentIdOf(sessionKey), parts.workspaceRoot)
      const workspace = await parts.openWorkspace(folder)
      const { real } = await workspace.writeFile(`${filesFolder}/${name}`, bytes)
      return workspace.nameOf(real)
    },
  }
  return conversation
}

/** Commands that change nothing but the session they are written in, whatever scope they stand for elsewhere. */
const ownSessionCommands = new Set(['new', 'compact'])

function contextOf({ channel, person, isApprover }: SaidBy, text: string, signal: AbortSignal): HandlerContext {
  const command = parseCommand(text)?.command
  if (command?.scope === 'approvals' && !isApprover) {
    throw new Fault('usage.invalid', 'You may not answer for commands.', {
      remedy: `The owner can add your number, ${person.id}, to channels.${channel}.execApprovals.approvers.`,
    })
  }
  const isOwn = command !== undefined && ownSessionCommands.has(command.name)
  const scopes = ['operator.read', 'operator.write', ...(isApprover ? ['operator.approvals'] : [])]
  return {
    peer: {
      connId: `${channel}:${person.id}`,
      protocol: maxProtocol,
      role: 'operator',
      scopes: new Set(isOwn ? [...scopes, 'operator.admin'] : scopes),
      caps: new Set(),
      client: {
        id: channel,
        mode: 'backend',
        version,
        platform: channel,
        displayName: `${person.name} (${channel} ${person.id})`,
      },
      remoteAddress: '',
      isLocal: false,
      authMethod: 'none',
      connectedAtMs: 0,
    },
    origin: { channel, senderId: person.id, name: person.name },
    signal,
    accept() {},
  }
}
